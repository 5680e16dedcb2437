/** What of a sample site a viewer may see: by the space, by restrictions of the content and of what it lies under, and by what it hangs on. */
import type { CommentItem, Container } from "./comments.ts"
import type { TreeNode } from "./contentTree.ts"
import type { PlacedItem } from "./contentTypes.ts"
import { CustomContents } from "./customContentPlaces.ts"
import type { SiteLabel } from "./labels.ts"
import type { SampleSiteOptions } from "./options.ts"
import type { SiteUser } from "./people.ts"
import { isRestricted, type Restriction, type Restrictions } from "./restrictions.ts"
import { chance } from "./seededChance.ts"
import { SiteCollections } from "./SiteCollections.ts"
import type { SpacePermission } from "./spacePermissions.ts"
import type { RoleAssignment, SpaceRole } from "./spaceRoles.ts"
import type { SiteSpace } from "./spaces.ts"

/** Whose eyes the site is seen with. */
export type Viewer = "user" | "anonymous"

/** Where content is: `archived` is the content itself or its space. */
export interface ContainerFate {
  readonly place: "current" | "archived" | "trashed" | "gone"
  readonly visible: boolean
}

const NOTHING: ReadonlySet<string> = new Set()

export class SiteContent extends SiteCollections {
  readonly customContent: CustomContents
  /** The ids of what restrictions keep from the credential, as long as nothing has changed that it depends on. */
  private kept: { readonly generation: string; readonly ids: ReadonlySet<string> } | undefined

  constructor(options: SampleSiteOptions) {
    super(options)
    const authors = this.users.slice(0, 20).map((user) => user.accountId)
    this.customContent = new CustomContents(this, authors)
  }

  protected override resetContent(): void {
    super.resetContent()
    this.customContent.reset()
    this.kept = undefined
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
}
