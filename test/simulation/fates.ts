/** What has become of everything that there ever was on a site, as the credential sees it and as filters let it in. */
import type { Item } from "../../src/sample-site/Collection.ts"
import type { CommentItem, Container } from "../../src/sample-site/comments.ts"
import type { CustomItem } from "../../src/sample-site/customContent.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { FilteredRows } from "./filteredRows.ts"
import type { IncrementalStream } from "./moments.ts"

/**
 * `trashed`: in the trash, where the credential sees it, and `in an unlisted trash` where no list tells. `in trash with container`: what it hangs on is. `left out`: there, on
 * archived content whose comments and attachments no list of this site has. `hidden`: there, but not for this credential, and
 * `hidden in trash`: so is what it hangs on. `gone`: there no more. `filtered`: seen, and left out by the filters, `filtered in trash` where
 * it is in the trash itself or hangs there; `perhaps filtered`: nobody can tell.
 */
export type Fate =
  | "visible"
  | "trashed"
  | "in an unlisted trash"
  | "in trash with container"
  | "left out"
  | "left out or filtered"
  | "hidden"
  | "hidden in trash"
  | "gone"
  | "gone in trash"
  | "filtered"
  | "filtered in trash"
  | "perhaps filtered"
  | "anything"

/** All items of a collection. */
export const items = <I extends Item>(collection: {
  readonly size: number
  get(ordinal: number): I | undefined
}): ReadonlyArray<I> => Array.from({ length: collection.size }, (_, ordinal) => collection.get(ordinal)!)

const trashOf = (site: SampleSite): Fate => (site.settings.quirks.trashListed ? "trashed" : "in an unlisted trash")

const contentFates = (site: SampleSite, kind: "page" | "blogpost"): ReadonlyMap<string, Fate> =>
  new Map(
    items(site.collection(kind)).map((item): [string, Fate] => {
      if (!site.contentExists(item)) return [item.id, "gone"]
      if (!site.contentVisible(item, "user")) return [item.id, "hidden"]
      return [item.id, item.status === "trashed" ? trashOf(site) : "visible"]
    }),
  )

const hangingFate = (site: SampleSite, container: Container, own: () => Fate): Fate => {
  const { place, visible } = site.containerFate(container, "user")
  // What is trashed by itself on content in the trash may answer no look by its id, which would tell.
  if (site.containerState(container, "user") === "shown") {
    return place === "trashed" && own() !== "visible" ? "in trash with container" : own()
  }
  if (place === "gone") return "gone"
  if (!visible) return place === "trashed" || own() !== "visible" ? "hidden in trash" : "hidden"
  // Its own list of what is in the trash leaves it out too.
  if (own() !== "visible") return "in trash with container"
  return place === "trashed" ? "in trash with container" : "left out"
}

const commentFate = (site: SampleSite, item: CommentItem): Fate => {
  // A reply may be told by its id, with the status of its container, although it went with the comment that it answers.
  if (item.gone) return site.containerFate(item.container, "user").place === "trashed" ? "gone in trash" : "gone"
  const fate = hangingFate(site, item.container, () => "visible")
  return fate === "visible" && !site.commentShown(item, "user") ? "in trash with container" : fate
}

/** Nothing tells of what is in the trash but a look at it. */
const customContentFate = (site: SampleSite, item: CustomItem): Fate => {
  const { place, visible } = site.customContent.fateOf(item, "user")
  const isTrashed = item.status === "trashed"
  if (place === "gone") return "gone"
  if (!visible) return isTrashed || place === "trashed" ? "hidden in trash" : "hidden"
  if (site.customContent.listed(item, "user", true) === "shown" && !isTrashed) return "visible"
  if (place === "trashed") return "in trash with container"
  return site.settings.quirks.looksAtTrashedCustomContent === "404" ? "in an unlisted trash" : "trashed"
}

export const fatesOf = (site: SampleSite, stream: IncrementalStream): ReadonlyMap<string, Fate> => {
  if (stream === "pages") return contentFates(site, "page")
  if (stream === "blog_posts") return contentFates(site, "blogpost")
  if (stream === "custom_content") {
    return new Map(items(site.customContent.items).map((item) => [item.id, customContentFate(site, item)]))
  }
  if (stream === "attachments") {
    return new Map(
      items(site.attachments).map((item) => [
        item.id,
        item.gone
          ? "gone"
          : hangingFate(site, item.container, () => (item.status === "trashed" ? trashOf(site) : "visible")),
      ]),
    )
  }
  return new Map(
    [...items(site.footerComments), ...items(site.inlineComments)].map((item) => [item.id, commentFate(site, item)]),
  )
}

/** Of what hangs on content: what hangs on something in the trash. */
export const hangingInTrash = (site: SampleSite, stream: string): ReadonlySet<string> => {
  if (stream === "custom_content") {
    const custom = items(site.customContent.items)
    return new Set(
      custom.flatMap((item) => (site.customContent.fateOf(item, "user").place === "trashed" ? item.id : [])),
    )
  }
  const all =
    stream === "comments"
      ? [...items(site.footerComments), ...items(site.inlineComments)]
      : stream === "attachments"
        ? items(site.attachments)
        : []
  const inTrash = all.filter(({ container }) => site.containerFate(container, "user").place === "trashed")
  return new Set(inTrash.map(({ id }) => id))
}

/** The fates under filters. What these let in is visible, be it in the trash. */
export const fatesUnder = (
  { rows, perhaps, leftOut }: FilteredRows,
  site: SampleSite,
  stream: IncrementalStream,
): ReadonlyMap<string, Fate> => {
  const inTrash = hangingInTrash(site, stream)
  const fateOf = (id: string, fate: Fate): Fate => {
    if (rows.get(stream)!.has(id)) return "visible"
    if (perhaps.get(stream)!.has(id)) return "perhaps filtered"
    if (!leftOut.get(stream)!.has(id)) return fate === "left out" ? "left out or filtered" : fate
    return fate !== "visible" || inTrash.has(id) ? "filtered in trash" : "filtered"
  }
  return new Map([...fatesOf(site, stream)].map(([id, fate]) => [id, fateOf(id, fate)]))
}
