/**
 * All that a sample site holds: its spaces, content and people, as they were generated and as they were changed since, and
 * what of it a viewer may see.
 */
import { type AttachmentItem, AttachmentSource } from "./attachments.ts"
import { Belongings } from "./belongings.ts"
import { Bodies } from "./bodies.ts"
import { type ClassificationLevel, levelsOf } from "./classificationLevels.ts"
import { Collection } from "./Collection.ts"
import { type CommentItem, CommentSource, type Container } from "./comments.ts"
import { type IdKind, IdScheme } from "./contentIds.ts"
import { layOut } from "./contentLayout.ts"
import { ContentProperties } from "./contentProperties.ts"
import { ContentTree, pageNode, type TreeNode } from "./contentTree.ts"
import { type PlacedItem, TREE_ITEMS_PER_SPACE } from "./contentTypes.ts"
import { ContentVersions } from "./contentVersions.ts"
import { CustomContents } from "./customContentPlaces.ts"
import { type SiteLabel, SiteLabels } from "./labels.ts"
import { planOf, type SampleSiteOptions, settingsOf, type SitePlan, type SiteSettings } from "./options.ts"
import type { ContentItem, ContentSource } from "./pages.ts"
import { generatePeople, type SiteGroup, type SiteUser } from "./people.ts"
import { Reactions } from "./reactions.ts"
import { ContentRestrictions, isRestricted, type Restriction, type Restrictions } from "./restrictions.ts"
import { chance, seededUuid } from "./seededChance.ts"
import { type SpacePermission, SpacePermissions } from "./spacePermissions.ts"
import { type RoleAssignment, type SpaceRole, SpaceRoles } from "./spaceRoles.ts"
import { generateSpaces, type SiteSpace, spaceIds } from "./spaces.ts"
import { type TreeItem, TreeItemSource } from "./treeItems.ts"

/** Whose eyes the site is seen with. */
export type Viewer = "user" | "anonymous"

/** A kind of content kept in a collection. */
export type ContentKind = "page" | "blogpost" | "footer-comment" | "inline-comment" | "attachment"

/** Where content is: `archived` is the content itself or its space. */
export interface ContainerFate {
  readonly place: "current" | "archived" | "trashed" | "gone"
  readonly visible: boolean
}

const NOTHING: ReadonlySet<string> = new Set()

export class SiteContent {
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
  readonly customContent: CustomContents
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
  /** The ids of what restrictions keep from the credential, as long as nothing has changed that it depends on. */
  private kept: { readonly generation: string; readonly ids: ReadonlySet<string> } | undefined
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
  private readonly sources: { readonly page: ContentSource; readonly blogpost: ContentSource }
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
    this.customContent = new CustomContents(this, authors.slice(0, 20))
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
    this.customContent.reset()
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

  /** Whether a viewer sees a space. */
  spaceVisible(space: SiteSpace, viewer: Viewer): boolean {
    if (space.deleted || space.hidden || (viewer === "anonymous" && !space.anonymous)) return false
    const { hiddenSpaceShare } = this.settings
    return hiddenSpaceShare === 0 || chance(this.plan.seed, 91, space.index) >= hiddenSpaceShare
  }

  /** The permissions of a space; what a group had goes with the group. */
  permissionsOf(space: SiteSpace): readonly SpacePermission[] {
    const { roleMode, permissionsBesideRoles } = this.settings.quirks
    if (roleMode === "ROLES" && !permissionsBesideRoles) return []
    const there = new Set(this.groups.map(({ id }) => id))
    return this.permissions.of(space).filter(({ principal }) => principal.type !== "group" || there.has(principal.id))
  }

  /** Whether the site knows roles of spaces. */
  get hasRoles(): boolean {
    return this.settings.quirks.roleMode !== "PRE_ROLES"
  }

  get roles(): readonly SpaceRole[] {
    return this.spaceRoles.all
  }

  /** Who has which role in a space; what a group had goes with the group. */
  assignmentsOf(space: SiteSpace): readonly RoleAssignment[] {
    const there = new Set(this.groups.map(({ id }) => id))
    return this.spaceRoles
      .of(space)
      .filter(({ principal }) => principal.principalType !== "GROUP" || there.has(principal.principalId))
  }

  /** The labels of a space that its list shows: those of everybody are in none. */
  labelsOfSpace({ index }: SiteSpace): readonly SiteLabel[] {
    return this.labels.of("space", index).filter(({ prefix }) => prefix !== "global")
  }

  /** Whether content with a place is part of the site: neither it nor its space is gone. */
  contentExists(item: PlacedItem): boolean {
    const space = this.spaces[item.space]
    return !item.gone && space !== undefined && !space.deleted
  }

  /** Whether a viewer may see content that exists. */
  contentVisible(item: PlacedItem, viewer: Viewer): boolean {
    if (item.restricted || !this.spaceVisible(this.spaces[item.space] as SiteSpace, viewer)) return false
    return viewer === "user" ? !this.keptFromCredential().has(item.id) : !this.chainOf(item).some(this.isClosed)
  }

  /** Content and what it lies under, at every height, the nearest first. */
  chainOf(item: PlacedItem): readonly PlacedItem[] {
    return item.type === "blogpost" ? [item] : [item, ...this.tree.above(item as TreeNode)]
  }

  /** Who alone may read or change content, as it says itself; what it lies under may narrow that. */
  restrictionsOf(item: PlacedItem): Restrictions {
    return this.restrictions.of(item)
  }

  /** Those whom the lists name of a restriction: perhaps without accounts and groups that are no more. */
  namedIn({ users, groups }: Restriction): Restriction {
    if (this.settings.quirks.deletedPrincipals === "named") return { users, groups }
    const accounts = new Set(
      this.users.filter((user) => user.accountStatus !== "closed").map(({ accountId }) => accountId),
    )
    const there = new Set(this.groups.map(({ id }) => id))
    return { users: users.filter((id) => accounts.has(id)), groups: groups.filter((id) => there.has(id)) }
  }

  /** Whether an account is one that a restriction lets through; where nobody is named, all are. */
  passes(restriction: Restriction, accountId: string): boolean {
    if (!isRestricted(restriction) || restriction.users.includes(accountId)) return true
    return this.groups.some(({ id, members }) => restriction.groups.includes(id) && members.has(accountId))
  }

  private readonly isClosed = (item: PlacedItem): boolean => isRestricted(this.restrictionsOf(item).read)

  /** What the credential may not read by restrictions of the content or of what it lies under. At the start all let it through. */
  private keptFromCredential(): ReadonlySet<string> {
    if (this.restrictions.changes === 0) return NOTHING
    const generation = `${this.tree.generation} ${this.restrictions.changes} ${this.memberChanges}`
    if (this.kept?.generation !== generation) {
      const { accountId } = this.users[0] as SiteUser
      const closed = this.restrictions
        .changedIds()
        .flatMap((id) => this.placedContent(id) ?? [])
        .filter((item) => !this.passes(this.restrictionsOf(item).read, accountId))
      const below = closed.flatMap((item) => (item.type === "blogpost" ? [] : this.tree.below(item as TreeNode)))
      this.kept = { generation, ids: new Set([...closed, ...below.map(({ node }) => node)].map(({ id }) => id)) }
    }
    return this.kept.ids
  }

  /**
   * Where the container of a comment or attachment is, and whether the viewer sees it. Asked for every row, so nothing more
   * than needed is computed.
   */
  containerFate(container: Container, viewer: Viewer): ContainerFate {
    const collection = this.collection(container.type)
    const changed = collection.changedItem(container.ordinal)
    const source = this.sources[container.type]
    const space = this.spaces[changed === undefined ? source.spaceOf(container.ordinal) : changed.space]
    if (space === undefined || space.deleted || changed?.gone === true) return { place: "gone", visible: false }
    const status = changed === undefined ? source.status(container.ordinal) : changed.status
    const restricted = changed === undefined ? source.restricted(container.ordinal) : changed.restricted
    const place = status === "trashed" ? status : space.status === "archived" ? "archived" : status
    if (restricted || !this.spaceVisible(space, viewer)) return { place, visible: false }
    if (viewer === "user" && this.keptFromCredential().size === 0) return { place, visible: true }
    const item = collection.get(container.ordinal)
    return { place, visible: item !== undefined && this.contentVisible(item, viewer) }
  }

  /**
   * What the site-wide lists do with a comment or attachment: "absent" where they know none, "unseen" where it is taken out of
   * a page because the viewer may not see it.
   */
  containerState(container: Container, viewer: Viewer): "shown" | "unseen" | "absent" {
    const { place, visible } = this.containerFate(container, viewer)
    const { hangingListedInTrash, hangingListedInArchives } = this.settings.quirks
    if (place === "gone" || (place === "trashed" && !hangingListedInTrash)) return "absent"
    if (place === "archived" && !hangingListedInArchives) return "absent"
    return visible ? "shown" : "unseen"
  }

  /**
   * Whether some list shows a comment. Where the site-wide ones hold no replies, those to a comment on content in the trash are only in
   * the list below that comment, if it has one.
   */
  commentShown({ container, parentOrdinal }: CommentItem, viewer: Viewer): boolean {
    if (this.containerState(container, viewer) !== "shown") return false
    const { repliesInCommentLists, listsOfTrashed } = this.settings.quirks
    const isListed = repliesInCommentLists || parentOrdinal === null || listsOfTrashed === "all"
    return isListed || this.containerFate(container, viewer).place !== "trashed"
  }

  /** What a look by its id says of a comment or attachment: its status, as far as its container decides that; undefined is 404. */
  lookedUp(container: Container, viewer: Viewer): "current" | "trashed" | undefined {
    const { place, visible } = this.containerFate(container, viewer)
    const { looksInTrash, looksBehindRestrictions } = this.settings.quirks
    if (place === "gone" || (!visible && !looksBehindRestrictions)) return undefined
    if (place !== "trashed") return "current"
    return looksInTrash === "404" ? undefined : looksInTrash
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
    this.kept = undefined
    if (!this.plan.varied) for (const space of this.spaces) space.hidden = false
  }
}
