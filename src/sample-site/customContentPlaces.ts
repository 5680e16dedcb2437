/** Where custom content of a sample site is, and what a viewer sees of it: that follows from what it hangs on, at any depth. */
import { Collection } from "./Collection.ts"
import type { Container } from "./comments.ts"
import {
  CUSTOM_TYPES,
  type CustomContainer,
  CustomContentSource,
  type CustomItem,
  customOrdinal,
} from "./customContent.ts"
import type { SitePlan, SiteSettings } from "./options.ts"
import type { ContentItem } from "./pages.ts"
import type { SiteSpace } from "./spaces.ts"

type Viewer = "user" | "anonymous"

/** What custom content can hang on, as the site knows it. */
interface Surroundings {
  readonly plan: SitePlan
  readonly settings: SiteSettings
  readonly spaces: readonly SiteSpace[]
  collection(type: "page" | "blogpost"): Collection<ContentItem>
  containerFate(container: Container, viewer: Viewer): Omit<CustomPlace, "space">
  spaceVisible(space: SiteSpace, viewer: Viewer): boolean
  idOf(type: "page" | "blogpost", ordinal: number): string
}

/** Where custom content is: what it hangs on at last, by that the fate of all between, and the space of both. */
export interface CustomPlace {
  readonly place: "current" | "archived" | "trashed" | "gone"
  readonly visible: boolean
  /** The index of the space; -1 where that cannot be told. */
  readonly space: number
}

const GONE: CustomPlace = { place: "gone", visible: false, space: -1 }

export class CustomContents {
  readonly items: Collection<CustomItem>
  /** Types whose apps were taken away. */
  readonly unknownTypes = new Set<string>()
  private readonly site: Surroundings

  constructor(site: Surroundings, authors: readonly string[]) {
    this.site = site
    const { seed, pages, blogPosts, spaces, customContent, varied, datedAhead } = site.plan
    const source = new CustomContentSource({
      seed,
      count: customContent,
      authors,
      pageCount: pages,
      blogPostCount: blogPosts,
      spaceCount: spaces,
      varied,
      datedAhead,
    })
    this.items = new Collection(source, 0)
  }

  reset(): void {
    this.items.reset()
    this.unknownTypes.clear()
  }

  /** The custom content of an id, if there ever was any. */
  byId(id: string): CustomItem | undefined {
    const ordinal = customOrdinal(id)
    return ordinal === undefined ? undefined : this.items.get(ordinal)
  }

  /** Whether an app of the site brings this type. */
  knows(type: string): boolean {
    return !this.unknownTypes.has(type) && CUSTOM_TYPES.some(({ name }) => name === type)
  }

  /** Where what hangs on a container is. */
  private fateOn({ type, ordinal }: CustomContainer, viewer: Viewer): CustomPlace {
    const { site } = this
    if (type === "space") {
      const space = site.spaces[ordinal]
      if (space === undefined || space.deleted) return GONE
      return {
        place: space.status === "archived" ? "archived" : "current",
        visible: site.spaceVisible(space, viewer),
        space: ordinal,
      }
    }
    if (type === "custom-content") {
      const above = this.items.get(ordinal)
      if (above === undefined) return GONE
      const fate = this.fateOf(above, viewer)
      return above.status === "trashed" && fate.place !== "gone" ? { ...fate, place: "trashed" } : fate
    }
    const collection = site.collection(type)
    const item = collection.get(ordinal)
    return item === undefined ? GONE : { ...site.containerFate({ type, ordinal }, viewer), space: item.space }
  }

  /** Where custom content is, its own status aside. */
  fateOf(item: CustomItem, viewer: Viewer): CustomPlace {
    return item.gone || this.unknownTypes.has(item.type) ? GONE : this.fateOn(item.container, viewer)
  }

  /** Whether the lists know it, and whether they show it to the viewer; what is in the trash itself they may hold with its status. */
  listed(item: CustomItem, viewer: Viewer, namesSpaces: boolean): "shown" | "unseen" | "absent" {
    const { quirks } = this.site.settings
    const { place, visible, space } = this.fateOf(item, viewer)
    if (place === "gone" || (place === "trashed" && !quirks.hangingListedInTrash)) return "absent"
    if (item.status === "trashed" && !quirks.trashedCustomContentListed) return "absent"
    const isInArchive = this.site.spaces[space]?.status === "archived"
    if (isInArchive && !namesSpaces && !quirks.contentOfArchivedSpaces) return "absent"
    return visible ? "shown" : "unseen"
  }

  /** What a look by its id says of its status; undefined is 404. */
  lookedUp(item: CustomItem, viewer: Viewer): "current" | "trashed" | undefined {
    const { looksInTrash, looksAtTrashedCustomContent } = this.site.settings.quirks
    const { place, visible } = this.fateOf(item, viewer)
    if (place === "gone" || !visible) return undefined
    if (item.status === "trashed") return looksAtTrashedCustomContent === "404" ? undefined : "trashed"
    if (place !== "trashed") return "current"
    return looksInTrash === "404" ? undefined : looksInTrash
  }

  /** What a container is called in rows: the field that names it, and its id. */
  containerField({ type, ordinal }: CustomContainer): readonly [field: string, id: string] | undefined {
    if (type === "space") return undefined
    if (type === "custom-content") return ["customContentId", this.items.get(ordinal)!.id]
    return [type === "page" ? "pageId" : "blogPostId", this.site.idOf(type, ordinal)]
  }
}
