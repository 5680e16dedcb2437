/** Changes to what a sample site's pages and blog posts hold, and the creation of all that has a place, as people make them. */
import { isTreeType, type PlacedItem } from "./contentTypes.ts"
import type { ContentItem } from "./pages.ts"
import type { SiteUser } from "./people.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"
import { type NewVersion, TreeChanges } from "./TreeChanges.ts"

export class PageChanges extends TreeChanges {
  /**
   * Creates a page (unless told otherwise), blog post, folder, whiteboard, database or embed and answers its id. Without a
   * space it goes where its parent is, else into the first space.
   */
  create(
    details: NewVersion & {
      readonly type?: PlacedItem["type"]
      readonly spaceId?: string
      readonly title?: string
      readonly parentId?: string
      readonly body?: string
      readonly subtype?: "live"
      readonly embedUrl?: string
    } = {},
  ): string {
    const type = details.type ?? "page"
    const parent = details.parentId === undefined ? undefined : this.parent(type, details.parentId)
    const space =
      this.placeFor(details.spaceId, parent) ??
      this.spaces.findIndex((candidate) => !candidate.deleted && !candidate.hidden)
    if (space < 0) throw new ImpossibleChange("there is no space that the credential can see")
    const at = this.siteTime()
    const authorId = details.authorId ?? (this.users[0] as SiteUser).accountId
    const made = (ordinal: number) => ({
      ordinal,
      status: "current" as const,
      title: details.title ?? `New ${type} ${ordinal}`,
      space,
      parentId: parent?.id ?? null,
      parentType: parent?.type ?? null,
      position: null,
      authorId,
      ownerId: authorId,
      createdAt: at,
      version: { number: 1, at, message: details.message ?? "", minorEdit: false, authorId },
      restricted: false,
      gone: false,
    })
    if (isTreeType(type)) {
      const { embedUrl } = details
      return this.treeItems.add((ordinal) => ({ ...made(ordinal), id: this.treeItemId(ordinal), type, embedUrl })).id
    }
    if (type !== "page" && type !== "blogpost") throw new ImpossibleChange(`there is no content of the type ${type}`)
    return this.collection(type).add((ordinal): ContentItem => ({
      ...made(ordinal),
      id: this.idOf(type, ordinal),
      type,
      lastOwnerId: null,
      subtype: details.subtype ?? null,
      body: details.body,
      templateId: null,
    })).id
  }

  /** A new version of a page or blog post, with another body and perhaps another title. */
  edit(id: string, details: NewVersion & { readonly title?: string; readonly body?: string } = {}): void {
    const { kind, item } = this.content(id)
    this.collection(kind).change(item.ordinal, (page) => {
      if (details.title !== undefined) page.title = details.title
      page.body = details.body
      this.newVersion(page, details)
    })
  }

  /** A new version of anything with a place, under another title. */
  rename(id: string, details: NewVersion & { readonly title: string }): void {
    this.alter(id, (item) => {
      item.title = details.title
      if ("body" in item) item.body = undefined
      this.newVersion(item, details)
    })
  }

  /** The body of a page or blog post cannot be rendered from now on: what would hold it fails. */
  poison(id: string): void {
    this.setPoisoned(id, true)
  }

  /** Its body can be rendered again. */
  heal(id: string): void {
    this.setPoisoned(id, false)
  }

  protected content(id: string): { readonly kind: "page" | "blogpost"; readonly item: ContentItem } {
    for (const kind of ["page", "blogpost"] as const) {
      const ordinal = this.ordinalOf(kind, id)
      const item = ordinal === undefined ? undefined : this.collection(kind).get(ordinal)
      if (item !== undefined && this.contentExists(item)) return { kind, item }
    }
    throw new ImpossibleChange(`there is no page or blog post with the id ${id}`)
  }

  private setPoisoned(id: string, poisoned: boolean): void {
    const { kind, item } = this.content(id)
    this.collection(kind).change(item.ordinal, (page) => (page.poisoned = poisoned))
  }
}
