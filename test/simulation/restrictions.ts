import { isIndexed } from "../../src/sample-site/contentSearch.ts"
/**
 * The restrictions of a site at a moment, as the judge of `content_restrictions` needs them: what lies where and who is named there, which
 * rows nobody can surely know of, and of which content the site tells nothing at all.
 */
import type { PlacedItem } from "../../src/sample-site/contentTypes.ts"
import { OPERATIONS } from "../../src/sample-site/restrictions.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { items } from "./fates.ts"

export const RESTRICTIONS = "content_restrictions"

type Row = Readonly<Record<string, unknown>>

/** A content at a moment. */
interface Place {
  readonly type: string
  readonly above: string | undefined
  /** Current or archived, and the credential sees it. */
  readonly isLive: boolean
  readonly visible: boolean
  /** Whom it names itself, as `read user 7`. */
  readonly named: ReadonlySet<string>
  /** All that decides what can be asked of it, as a text. */
  readonly state: string
}

export interface RestrictionsAt {
  readonly places: ReadonlyMap<string, Place>
  /** Content of which the site says that it knows no restrictions, although it shows it. */
  readonly untold: ReadonlySet<string>
}

const isTree = ({ type }: PlacedItem): boolean => type !== "page" && type !== "blogpost"

/** All pages, blog posts, folders, whiteboards, databases and embeds that there are. */
const placed = (site: SampleSite): ReadonlyArray<PlacedItem> =>
  [...items(site.pages), ...items(site.blogPosts), ...items(site.treeItems)].filter((item) => site.contentExists(item))

/** Whether the site answers what the restrictions of a content are, where it shows that content. */
const isTold = (site: SampleSite, item: PlacedItem): boolean => {
  const { restrictionsOfTree, restrictionsOfArchived, restrictionsOfTrashed } = site.settings.quirks
  return (
    (!isTree(item) || restrictionsOfTree === "200") &&
    (item.status !== "archived" || restrictionsOfArchived === "200") &&
    (item.status !== "trashed" || restrictionsOfTrashed === "200")
  )
}

/** Looks at a site as it is now. */
export const restrictionsAt = (site: SampleSite): RestrictionsAt => {
  const all = placed(site)
  const place = (item: PlacedItem): Place => {
    const visible = site.contentVisible(item, "user")
    const { [item.space]: space } = site.spaces
    const named = OPERATIONS.flatMap((operation) => {
      const { users, groups } = site.namedIn(site.restrictionsOf(item)[operation])
      return users.map((id) => `${operation} user ${id}`).concat(groups.map((id) => `${operation} group ${id}`))
    })
    return {
      type: item.type,
      above: item.type === "blogpost" ? undefined : (item.parentId ?? undefined),
      isLive: visible && item.status !== "trashed",
      visible,
      named: new Set(named),
      state: JSON.stringify([
        item.id,
        item.status,
        visible,
        space?.id,
        space?.status,
        "version" in item && item.version,
      ]),
    }
  }
  return {
    places: new Map(all.map((item) => [item.id, place(item)])),
    untold: new Set(all.flatMap((item) => (site.contentVisible(item, "user") && !isTold(site, item) ? [item.id] : []))),
  }
}

/** Whether the place of a content can be found by its id. What is in the trash some lists and look-ups do not show. */
const isFindable = (site: SampleSite, item: PlacedItem): boolean => {
  const { trashListed, looksAtTrashedTree } = site.settings.quirks
  if (!site.contentVisible(item, "user")) return false
  return item.status !== "trashed" || (isTree(item) ? looksAtTrashedTree === "trashed" : trashListed)
}

export interface Knowable {
  /** Nobody can surely know of it. */
  readonly uncertain: ReadonlySet<Row>
  /** One look alone tells of it. Where that is refused, it is as what is not there. */
  readonly onOneLook: ReadonlySet<Row>
}

/**
 * What can be known of some rows. `isIn`: whether the filters surely let a content in.
 *
 * A folder or the like that no search shows is known only as the parent of something; and what the account does not see tells nobody whom it
 * names, as what is in the trash does where the site's look-ups tell nothing of that.
 */
export const knowable = (
  site: SampleSite,
  rows: ReadonlyArray<Row>,
  isIn: (id: string) => boolean = () => true,
): Knowable => {
  const all = placed(site)
  const byId = new Map(all.map((item) => [item.id, item]))
  const search = { types: [], spaces: undefined }
  const isShown = (item: PlacedItem) =>
    isTree(item)
      ? isIndexed(site, search, item, { viewer: "user", archivedSpaces: true })
      : item.status !== "trashed" && site.contentVisible(item, "user")
  const known = new Set<string>()
  for (const item of all) {
    if (!isShown(item) || !isIn(item.id)) continue
    for (let at: PlacedItem | undefined = item; at !== undefined && !known.has(at.id);) {
      known.add(at.id)
      at = at.type === "blogpost" || at.parentId === null ? undefined : byId.get(at.parentId)
    }
  }
  const isUncertain = ({ contentId, restrictedById }: Row) => {
    const carrier = byId.get(String(restrictedById))
    if (!known.has(String(contentId)) || carrier === undefined || !site.contentVisible(carrier, "user")) return true
    return !isFindable(site, carrier) && !isTold(site, carrier)
  }
  const isOnOneLook = ({ contentId, restrictedById }: Row) => {
    const [content, carrier] = [byId.get(String(contentId)), byId.get(String(restrictedById))]
    return (content !== undefined && !isShown(content)) || (carrier !== undefined && !isFindable(site, carrier))
  }
  return { uncertain: new Set(rows.filter(isUncertain)), onOneLook: new Set(rows.filter(isOnOneLook)) }
}

/** What a key of the stream names. */
const partsOf = (key: string) => {
  const [contentId = "", operation = "", restrictedById = "", type = "", ...id] = key.split(" ")
  return { contentId, restrictedById, named: `${operation} ${type} ${id.join(" ")}` }
}

export const contentOf = (key: string): string => partsOf(key).contentId

type Moments = ReadonlyArray<{ readonly restrictions: RestrictionsAt | undefined }>

const wayUp = ({ places }: RestrictionsAt, id: string): string => {
  const passed: Array<string> = []
  const seen = new Set<string>()
  for (let at: string | undefined = id; at !== undefined && !seen.has(at); at = places.get(at)?.above) {
    seen.add(at)
    passed.push(places.get(at)?.state ?? `${at} gone`)
  }
  return passed.join(" ")
}

/** Whether what a content lies below was not the same all the time: a sync may have seen a mixture. */
export const hasMovedUp = (moments: Moments, key: string): boolean =>
  new Set(moments.map(({ restrictions }) => restrictions && wayUp(restrictions, contentOf(key)))).size > 1

/**
 * Whether a row may be a mixture of what was so at different moments: the content was there at one, lay below something at another, and that
 * named somebody at a third.
 */
export const mayBeMixed = (moments: Moments, key: string): boolean => {
  const { contentId, restrictedById, named } = partsOf(key)
  const at = (id: string) => moments.flatMap(({ restrictions }) => restrictions?.places.get(id) ?? [])
  if (!at(contentId).some(({ isLive }) => isLive)) return false
  if (!at(restrictedById).some((place) => place.named.has(named))) return false
  const reached = new Set([contentId])
  for (const id of reached) for (const { above } of at(id)) if (above !== undefined) reached.add(above)
  return reached.has(restrictedById) && (restrictedById === contentId || named.startsWith("read "))
}

/** Whether the stream may be incomplete because the site tells nothing of some content. */
export const mayBeUntold = (moments: Moments): boolean =>
  moments.some(({ restrictions }) => restrictions !== undefined && restrictions.untold.size > 0)
