/** All that a sample site holds: its spaces, content and people, as they were generated and as they were changed since. */
import { type AttachmentItem, AttachmentSource } from "./attachments.ts"
import { Belongings } from "./belongings.ts"
import { Bodies } from "./bodies.ts"
import { type ClassificationLevel, levelsOf } from "./classificationLevels.ts"
import { Collection } from "./Collection.ts"
import { type CommentItem, CommentSource } from "./comments.ts"
import { type IdKind, IdScheme } from "./contentIds.ts"
import { layOut } from "./contentLayout.ts"
import { ContentProperties } from "./contentProperties.ts"
import { ContentTree, pageNode, type TreeNode } from "./contentTree.ts"
import { type PlacedItem, TREE_ITEMS_PER_SPACE } from "./contentTypes.ts"
import { ContentVersions } from "./contentVersions.ts"
import { SiteLabels } from "./labels.ts"
import { planOf, type SampleSiteOptions, settingsOf, type SitePlan, type SiteSettings } from "./options.ts"
import type { ContentItem, ContentSource } from "./pages.ts"
import { generatePeople, type SiteGroup, type SiteUser } from "./people.ts"
import { Reactions } from "./reactions.ts"
import { ContentRestrictions } from "./restrictions.ts"
import { seededUuid } from "./seededChance.ts"
import { SpacePermissions } from "./spacePermissions.ts"
import { SpaceRoles } from "./spaceRoles.ts"
import { generateSpaces, type SiteSpace, spaceIds } from "./spaces.ts"
import { type TreeItem, TreeItemSource } from "./treeItems.ts"

/** A kind of content kept in a collection. */
export type ContentKind = "page" | "blogpost" | "footer-comment" | "inline-comment" | "attachment"

export class SiteCollections {
  readonly plan: SitePlan
  readonly cloudId: string
  /** The origin of the site as `_links.base` names it. */
  siteUrl: string
  settings: SiteSettings
  readonly pages: Collection<ContentItem>
  readonly blogPosts: Collection<ContentItem>
  readonly footerComments: Collection<CommentItem>
  readonly inlineComments: Collection<CommentItem>
  readonly attachments: Collection<AttachmentItem>
  /** Folders, whiteboards, databases and embeds. */
  readonly treeItems: Collection<TreeItem>
  readonly tree: ContentTree
  spaces: SiteSpace[] = []
  users: SiteUser[] = []
  groups: SiteGroup[] = []
  labels!: SiteLabels
  levels: ClassificationLevel[] = []
  protected permissions!: SpacePermissions
  protected spaceRoles!: SpaceRoles
  /** Properties of spaces, templates and the like. */
  belongings!: Belongings
  protected restrictions!: ContentRestrictions
  contentVersions!: ContentVersions
  /** What apps keep with content. */
  contentProperties!: ContentProperties
  /** Who likes content, and how often it was viewed. */
  reactions!: Reactions
  /** How often groups, or who is in them, have changed. */
  protected memberChanges = 0
  /** Replies that were added since the start, by kind and the ordinal of their parent. */
  readonly addedReplies = {
    "footer-comment": new Map<number, number[]>(),
    "inline-comment": new Map<number, number[]>(),
  }
  readonly bodies: Bodies
  private readonly ids: Record<ContentKind, IdScheme>
  private readonly treeIds: IdScheme
  protected readonly spaceIds: IdScheme
  private readonly now: () => number
  protected readonly sources: { readonly page: ContentSource; readonly blogpost: ContentSource }
  private readonly commentSources: {
    readonly "footer-comment": CommentSource
    readonly "inline-comment": CommentSource
  }

  constructor(options: SampleSiteOptions) {
    const plan = planOf(options)
    this.plan = plan
    this.settings = settingsOf(options)
    this.now = options.now ?? Date.now
    this.cloudId = options.cloudId ?? seededUuid(plan.seed, 1, 1)
    this.siteUrl = options.siteUrl ?? "https://northwind.atlassian.net"
    const { seed } = plan
    const scheme = (kind: IdKind, count: number) => new IdScheme(kind, seed, count - Math.floor(count / 40))
    this.ids = {
      page: scheme("page", plan.pages),
      blogpost: scheme("blogpost", plan.blogPosts),
      "footer-comment": scheme("footer-comment", plan.footerComments),
      "inline-comment": scheme("inline-comment", plan.inlineComments),
      attachment: scheme("attachment", plan.attachments),
    }
    this.treeIds = new IdScheme("tree item", seed, plan.spaces * TREE_ITEMS_PER_SPACE)
    this.spaceIds = spaceIds(seed, plan.spaces)
    this.populate()
    // Mostly plain people write; every account of the site is a possible author.
    const authors = this.users.map((user) => user.accountId)
    const laidOut = (type: "page" | "blogpost") =>
      layOut(plan, type, authors, { own: this.ids[type], tree: this.treeIds })
    this.sources = { page: laidOut("page"), blogpost: laidOut("blogpost") }
    const totals = { pageCount: plan.pages, blogPostCount: plan.blogPosts, datedAhead: plan.datedAhead }
    this.commentSources = {
      "footer-comment": new CommentSource({
        ...totals,
        seed,
        authors,
        type: "footer",
        count: plan.footerComments,
        ids: this.ids["footer-comment"],
      }),
      "inline-comment": new CommentSource({
        ...totals,
        seed,
        authors,
        type: "inline",
        count: plan.inlineComments,
        ids: this.ids["inline-comment"],
      }),
    }
    const treeSource = new TreeItemSource({
      ...plan,
      authors,
      ids: this.treeIds,
      pageIds: this.ids.page,
      pages: this.sources.page,
    })
    this.pages = new Collection(this.sources.page, plan.spaces)
    this.treeItems = new Collection(treeSource, plan.spaces)
    const sources = { page: this.sources.page, item: treeSource }
    this.tree = new ContentTree(this.pages, this.treeItems, sources, (id) => this.treeNode(id))
    this.blogPosts = new Collection(this.sources.blogpost, plan.spaces)
    this.footerComments = new Collection(this.commentSources["footer-comment"], 0)
    this.inlineComments = new Collection(this.commentSources["inline-comment"], 0)
    const attachmentSource = new AttachmentSource({
      ...totals,
      seed,
      authors,
      count: plan.attachments,
      ids: this.ids.attachment,
    })
    this.attachments = new Collection(attachmentSource, 0)
    this.bodies = new Bodies(seed, {
      accountIds: authors.slice(0, 40),
      names: this.users.slice(0, 40).map((user) => user.displayName),
      pageTitles: Array.from({ length: Math.min(plan.pages, 90) }, (_, i) => this.sources.page.title(i)),
    })
  }

  /** The time by the site's own clock, in milliseconds. */
  siteTime(): number {
    return Math.floor(this.now() + this.settings.clockSkewMs)
  }

  /** The time by the injected clock, in milliseconds. */
  protected ourTime(): number {
    return this.now()
  }

  /** All content, spaces and people as they were at the start. */
  protected resetContent(): void {
    const { pages, blogPosts, treeItems, footerComments, inlineComments, attachments } = this
    for (const collection of [pages, blogPosts, treeItems, footerComments, inlineComments, attachments])
      collection.reset()
    for (const replies of Object.values(this.addedReplies)) replies.clear()
    this.populate()
  }

  collection(kind: "page" | "blogpost"): Collection<ContentItem> {
    return kind === "page" ? this.pages : this.blogPosts
  }

  comments(kind: "footer-comment" | "inline-comment"): Collection<CommentItem> {
    return kind === "footer-comment" ? this.footerComments : this.inlineComments
  }

  /** The ordinal of an id of this kind, if anything with it ever was. */
  ordinalOf(kind: ContentKind, id: string): number | undefined {
    const ordinal = this.ids[kind].ordinal(kind === "attachment" && id.startsWith("att") ? id.slice(3) : id)
    const size =
      kind === "attachment"
        ? this.attachments.size
        : kind === "page" || kind === "blogpost"
          ? this.collection(kind).size
          : this.comments(kind).size
    return ordinal !== undefined && ordinal < size ? ordinal : undefined
  }

  idOf(kind: ContentKind, ordinal: number): string {
    return `${kind === "attachment" ? "att" : ""}${this.ids[kind].id(ordinal)}`
  }

  treeItemId(ordinal: number): string {
    return this.treeIds.id(ordinal)
  }

  /** The folder, whiteboard, database or embed of an id, if there ever was one. */
  treeItem(id: string): TreeItem | undefined {
    const ordinal = this.treeIds.ordinal(id)
    return ordinal === undefined ? undefined : this.treeItems.get(ordinal)
  }

  /** The page, folder, whiteboard, database or embed of an id, if it is part of the site. */
  treeNode(id: string): TreeNode | undefined {
    const ordinal = this.ordinalOf("page", id)
    const page = ordinal === undefined ? undefined : this.pages.get(ordinal)
    const node = page === undefined ? this.treeItem(id) : pageNode(page)
    return node !== undefined && this.contentExists(node) ? node : undefined
  }

  /** The page, blog post, folder, whiteboard, database or embed of an id, if it is part of the site. */
  placedContent(id: string): ContentItem | TreeItem | undefined {
    const ordinal = this.ordinalOf("blogpost", id)
    const post = ordinal === undefined ? undefined : this.blogPosts.get(ordinal)
    return post !== undefined && this.contentExists(post) ? post : this.treeNode(id)
  }

  spaceById(id: string): SiteSpace | undefined {
    const ordinal = this.spaceIds.ordinal(id)
    return ordinal === undefined ? undefined : this.spaces[ordinal]
  }

  /** Whether content with a place is part of the site: neither it nor its space is gone. */
  contentExists(item: PlacedItem): boolean {
    const space = this.spaces[item.space]
    return !item.gone && space !== undefined && !space.deleted
  }

  /** The status of a generated page or blog post, without computing the rest of it. */
  generatedStatus(kind: "page" | "blogpost", ordinal: number): ContentItem["status"] {
    return this.sources[kind].status(ordinal)
  }

  /** The ordinals of the direct replies to a comment, in order of creation; deleted ones included. */
  replies(kind: "footer-comment" | "inline-comment", ordinal: number): number[] {
    const generated = ordinal < this.commentSources[kind].count ? this.commentSources[kind].replies(ordinal) : []
    return [...generated, ...(this.addedReplies[kind].get(ordinal) ?? [])]
  }

  private populate(): void {
    const { seed, spaces, pages, blogPosts, attachments } = this.plan
    this.labels = new SiteLabels(seed, { page: pages, blogpost: blogPosts, attachment: attachments, space: spaces })
    this.levels = levelsOf(seed)
    const people = generatePeople(seed, this.plan)
    this.users = people.users
    this.groups = people.groups
    this.spaces = generateSpaces(seed, spaces, pages, this.users, this.spaceIds)
    const principals = [people.users.map(({ accountId }) => accountId), people.groups.map(({ id }) => id)] as const
    this.permissions = new SpacePermissions(seed, ...principals)
    this.spaceRoles = new SpaceRoles(seed, ...principals)
    this.contentVersions = new ContentVersions(seed, principals[0])
    this.contentProperties = new ContentProperties(seed, principals[0])
    this.reactions = new Reactions(
      seed,
      people.users.flatMap((user) =>
        user.accountType === "atlassian" && user.accountStatus === "active" ? user.accountId : [],
      ),
    )
    this.belongings = new Belongings(this.plan, people.users)
    const leaver = people.users.find(({ accountStatus }) => accountStatus === "closed")?.accountId
    const [accountIds, groupIds] = principals
    this.restrictions = new ContentRestrictions({ seed, varied: this.plan.varied, accountIds, groupIds, leaver })
    if (!this.plan.varied) for (const space of this.spaces) space.hidden = false
  }
}
