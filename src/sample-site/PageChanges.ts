/** Changes to the pages and blog posts of a sample site, as the people who write its wiki make them. */
import type { Item } from "./Collection.ts"
import type { ContentItem, ParentType } from "./pages.ts"
import type { SiteUser } from "./people.ts"
import { ImpossibleChange, SpaceChanges } from "./SpaceChanges.ts"

/** A new version's data; what is left out follows from the old one. */
export interface NewVersion {
  readonly message?: string
  readonly minorEdit?: boolean
  readonly authorId?: string
  /** How far ahead of the site's clock it is dated, in milliseconds. */
  readonly aheadMs?: number
}

export class PageChanges extends SpaceChanges {
  /** Creates a page or blog post and answers its id. Without a space it goes where its parent is, else into the first space. */
  create(
    details: NewVersion & {
      readonly type?: "page" | "blogpost"
      readonly spaceId?: string
      readonly title?: string
      readonly parentId?: string
      readonly body?: string
      readonly subtype?: "live"
    } = {},
  ): string {
    const type = details.type ?? "page"
    const parent = details.parentId === undefined ? undefined : this.content(details.parentId).item
    const given = details.spaceId === undefined ? undefined : this.space(details.spaceId).index
    const space =
      given ?? parent?.space ?? this.spaces.findIndex((candidate) => !candidate.deleted && !candidate.hidden)
    if (space < 0) throw new ImpossibleChange("there is no space that the credential can see")
    const at = this.siteTime()
    const authorId = details.authorId ?? (this.users[0] as SiteUser).accountId
    return this.collection(type).add((ordinal): ContentItem => ({
      ordinal,
      id: this.idOf(type, ordinal),
      type,
      status: "current",
      title: details.title ?? `New ${type} ${ordinal}`,
      space,
      parentId: parent?.id ?? null,
      parentType: parent === undefined ? null : "page",
      position: null,
      authorId,
      ownerId: authorId,
      lastOwnerId: null,
      subtype: details.subtype ?? null,
      createdAt: at,
      version: { number: 1, at, message: details.message ?? "", minorEdit: false, authorId },
      restricted: false,
      gone: false,
      body: details.body,
      templateId: null,
    })).id
  }

  /** A new version of a page or blog post, with another body and perhaps another title. */
  edit(id: string, details: NewVersion & { readonly title?: string; readonly body?: string } = {}): void {
    this.alter(id, (item) => {
      if (details.title !== undefined) item.title = details.title
      item.body = details.body
      this.newVersion(item, details)
    })
  }

  rename(id: string, details: NewVersion & { readonly title: string }): void {
    this.edit(id, details)
  }

  trash(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "trashed")))
  }

  restore(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "current")))
  }

  /** Deletes a page or blog post for good, with its comments and attachments. */
  purge(id: string): void {
    this.alter(id, (item) => (item.gone = true))
  }

  archive(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "archived")))
  }

  unarchive(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "current")))
  }

  /** Moves a page under another parent or into another space; the pages below it go with it. */
  move(
    id: string,
    details: { readonly parentId?: string | null; readonly parentType?: ParentType; readonly spaceId?: string },
  ): void {
    const { item } = this.content(id)
    const parent =
      typeof details.parentId === "string" && (details.parentType ?? "page") === "page"
        ? this.content(details.parentId).item
        : undefined
    const space = details.spaceId === undefined ? (parent?.space ?? item.space) : this.space(details.spaceId).index
    const below = space === item.space ? [] : this.descendants(item)
    if (parent !== undefined && (parent.id === id || this.descendants(item).some((page) => page.id === parent.id)))
      throw new ImpossibleChange(`page ${id} cannot be moved below itself`)
    this.alter(id, (moved) =>
      this.silently(moved, () => {
        moved.space = space
        if (details.parentId === null || (details.parentId === undefined && space !== item.space)) {
          moved.parentId = null
          moved.parentType = null
        } else if (details.parentId !== undefined) {
          moved.parentId = details.parentId
          moved.parentType = details.parentType ?? "page"
        }
      }),
    )
    for (const page of below) this.alter(page.id, (moved) => this.silently(moved, () => (moved.space = space)))
  }

  /** The credential may no longer see a page (with those below it) or a blog post. */
  restrict(id: string): void {
    this.withDescendants(id, (item) => (item.restricted = true))
  }

  /** The same as `restrict`: to the outside both are one. */
  hide(id: string): void {
    this.restrict(id)
  }

  /** The credential may see it again, with the pages below it. */
  reveal(id: string): void {
    this.withDescendants(id, (item) => (item.restricted = false))
  }

  /** The body of a page or blog post cannot be rendered from now on: what would hold it fails. */
  poison(id: string): void {
    this.alter(id, (item) => (item.poisoned = true))
  }

  /** Its body can be rendered again. */
  heal(id: string): void {
    this.alter(id, (item) => (item.poisoned = false))
  }

  /** The pages below a page, at every depth. */
  private descendants(item: ContentItem): ContentItem[] {
    if (item.type === "blogpost") return []
    const { items } = this.pages.scan({
      order: "id",
      descending: false,
      spaces: [item.space],
      limit: Number.POSITIVE_INFINITY,
      accepts: (page) => page.parentType === "page",
    })
    const children = Map.groupBy(items, (page) => page.parentId)
    const found: ContentItem[] = []
    const waiting: ContentItem[] = [item]
    for (const page of waiting)
      for (const child of children.get(page.id) ?? []) {
        found.push(child)
        waiting.push(child)
      }
    return found
  }

  private withDescendants(id: string, how: (item: ContentItem) => void): void {
    for (const page of this.descendants(this.content(id).item)) this.alter(page.id, how)
    this.alter(id, how)
  }

  protected content(id: string): { readonly kind: "page" | "blogpost"; readonly item: ContentItem } {
    for (const kind of ["page", "blogpost"] as const) {
      const ordinal = this.ordinalOf(kind, id)
      const item = ordinal === undefined ? undefined : this.collection(kind).get(ordinal)
      if (item !== undefined && this.contentExists(item)) return { kind, item }
    }
    throw new ImpossibleChange(`there is no page or blog post with the id ${id}`)
  }

  private alter(id: string, how: (item: ContentItem) => void): void {
    const { kind, item } = this.content(id)
    this.collection(kind).change(item.ordinal, how)
  }

  /** A change that carries no version, unless the site has the quirk that it does. */
  protected silently(item: Item, how: () => void): void {
    how()
    if (this.settings.quirks.versionOnEveryChange) this.newVersion(item, {})
  }

  /** Never before the version it follows, even when the site's clock was set back. */
  protected newVersion(item: Item, details: NewVersion): void {
    item.version = {
      number: item.version.number + 1,
      at: Math.max(this.siteTime() + (details.aheadMs ?? 0), item.version.at),
      message: details.message ?? "",
      minorEdit: details.minorEdit ?? false,
      authorId: details.authorId ?? (this.users[0] as SiteUser).accountId,
    }
  }
}
