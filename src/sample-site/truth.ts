/** What is true of a sample site at this moment: the rows that a faultless reading of every list would bring. */
import type { AttachmentItem } from "./attachments.ts"
import { namedRecords } from "./auditLists.ts"
import { ByteWriter } from "./ByteWriter.ts"
import { likesTruth, propertiesTruth, versionsTruth, viewsTruth } from "./childTruth.ts"
import type { Collection, Item } from "./Collection.ts"
import type { PlacedItem } from "./contentTypes.ts"
import { CUSTOM_TYPES, type CustomItem } from "./customContent.ts"
import { knowable } from "./knowable.ts"
import type { LabelledKind } from "./labels.ts"
import { ListingsV1 } from "./listingsV1.ts"
import { Readers } from "./readers.ts"
import { OPERATIONS } from "./restrictions.ts"
import { type BodyWish, Rows } from "./rows.ts"
import type { SiteContent } from "./SiteContent.ts"
import type { SpacePermission } from "./spacePermissions.ts"
import { taskShown, taskV2 } from "./taskLists.ts"
import { templateV1 } from "./templateLists.ts"

/**
 * What can be asked for. `comments` are the footer comments and then the inline ones; replies are among them. `content_tree` is
 * what lies where, whether or not it can be seen: so a way from parent to parent can be followed to its end. `accounts` are
 * all users, whether or not anything names them. `effective_readers` is who can read what, of all accounts there are.
 */
export const TRUTH_STREAMS = [
  "spaces",
  "pages",
  "blog_posts",
  "comments",
  "footer_comments",
  "inline_comments",
  "attachments",
  "custom_content",
  "folders",
  "whiteboards",
  "databases",
  "embeds",
  "content_tree",
  "users",
  "accounts",
  "groups",
  "group_members",
  "space_permissions",
  "space_role_assignments",
  "space_roles",
  "space_properties",
  "templates",
  "tasks",
  "audit_log",
  "content_restrictions",
  "labels",
  "content_labels",
  "space_labels",
  "classification_levels",
  "effective_readers",
  "likes",
  "content_views",
  "content_properties",
  "content_versions",
] as const

/** One of the streams of truth. */
export type TruthStream = (typeof TRUTH_STREAMS)[number]

/** How to write the rows. */
export interface TruthOptions {
  /** The body's format; null leaves bodies empty. */
  readonly bodyFormat?: "storage" | "atlas_doc_format" | null
  /** Content in the trash is given too, and attachments there. */
  readonly trashed?: boolean
}

type TrueRow = Record<string, unknown>

/** The fields that name accounts, at the top of a row or in its version. */
const ACCOUNT_FIELDS = ["authorId", "ownerId", "lastOwnerId", "spaceOwnerId", "resolutionLastModifierId"] as const

/**
 * The rows of a stream. Lists hold what the default filters of the API let through, spaces of every status. `users` are all
 * whom the site can tell about and whom the search, a group or a visible row names. A row of `group_members` is a user in
 * the v1 shape with its `groupId`, and one of `space_permissions` is a permission with its `spaceId`, and one of
 * `space_role_assignments` an assignment with its `spaceId` and its principal at the top, too.
 */
export const truthOf = (site: SiteContent, stream: TruthStream, options: TruthOptions): TrueRow[] => {
  const rows = new Rows(site)
  const format = options.bodyFormat === undefined ? "storage" : options.bodyFormat
  const body = format === null ? undefined : { format }
  const v1 = new ListingsV1(site)
  const write = <A>(items: readonly A[], how: (w: ByteWriter, item: A) => void): TrueRow[] =>
    items.map((item) => {
      const w = new ByteWriter(8192)
      how(w, item)
      w.text("}")
      return JSON.parse(w.result().toString()) as TrueRow
    })
  const all = <I extends Item>(collection: Collection<I>, accepts: (item: I) => boolean): I[] =>
    collection.scan({ order: "id", descending: false, limit: Number.POSITIVE_INFINITY, accepts }).items
  const content = (kind: "page" | "blogpost") =>
    write(
      all(
        site.collection(kind),
        (item) =>
          (options.trashed === true || item.status !== "trashed") &&
          (kind === "page" || item.status !== "archived") &&
          site.contentExists(item) &&
          site.contentVisible(item, "user"),
      ),
      (w, item) => rows.content(w, item, body),
    )
  const placed = () => {
    const isLive = (item: PlacedItem) =>
      item.status !== "trashed" && site.contentExists(item) && site.contentVisible(item, "user")
    return [...all(site.pages, isLive), ...all(site.blogPosts, isLive), ...all(site.treeItems, isLive)]
  }
  const comments = (kind: "footer-comment" | "inline-comment") =>
    write(
      all(site.comments(kind), (item) => site.commentShown(item, "user")),
      (w, item) => rows.comment(w, kind, item, body, "site"),
    )
  switch (stream) {
    case "spaces":
      return write(
        site.spaces.filter((space) => site.spaceVisible(space, "user")),
        (w, space) => rows.space(w, space, undefined, false),
      )
    case "pages":
      return content("page")
    case "blog_posts":
      return content("blogpost")
    case "footer_comments":
      return comments("footer-comment")
    case "inline_comments":
      return comments("inline-comment")
    case "comments":
      return [...comments("footer-comment"), ...comments("inline-comment")]
    case "attachments":
      return write(
        all(
          site.attachments,
          (item) =>
            (options.trashed === true || item.status !== "trashed") &&
            site.containerState(item.container, "user") === "shown",
        ),
        (w, item) => rows.attachment(w, item),
      )
    case "custom_content":
      return write(
        all(
          site.customContent.items,
          (item) => item.status === "current" && site.customContent.listed(item, "user", true) === "shown",
        ),
        (w, item) => rows.customContent(w, item, customFormat(item, body)),
      )
    case "folders":
    case "whiteboards":
    case "databases":
    case "embeds":
      return write(
        all(
          site.treeItems,
          (item) =>
            `${item.type}s` === stream &&
            (options.trashed === true || item.status !== "trashed") &&
            site.contentExists(item) &&
            site.contentVisible(item, "user"),
        ),
        (w, item) => rows.treeItem(w, item),
      )
    case "content_tree":
      return treeOf(site)
    case "users":
      return users(site, v1, rows, write)
    case "accounts":
      return write(site.users, (w, user) => rows.user(w, user))
    case "groups":
      return site.groups.map(({ id, name, usageType, managedBy }) => ({
        type: "group",
        name,
        id,
        usageType,
        managedBy,
      }))
    case "group_members":
      return site.groups.flatMap((group) =>
        v1.membersOf(group.id).map((user) => Object.assign({ groupId: group.id }, user)),
      )
    case "space_permissions":
      return site.spaces
        .filter((space) => site.spaceVisible(space, "user"))
        .flatMap((space) =>
          site.permissionsOf(space).map((each) => Object.assign<TrueRow, object>({ spaceId: space.id }, each)),
        )
    case "space_role_assignments":
      return site.spaces
        .filter((space) => site.hasRoles && site.spaceVisible(space, "user"))
        .flatMap((space) =>
          site
            .assignmentsOf(space)
            .map((each) => Object.assign<TrueRow, object>({ spaceId: space.id, ...each.principal }, each)),
        )
    case "space_roles":
      return site.hasRoles ? site.roles.map((role) => Object.assign<TrueRow, object>({}, role)) : []
    case "space_properties":
      return site.spaces
        .filter((space) => site.spaceVisible(space, "user"))
        .flatMap((space) =>
          site.belongings.properties
            .of(space)
            .map((each) => Object.assign<TrueRow, object>({ spaceId: space.id }, each)),
        )
    case "audit_log":
      return site.settings.quirks.auditLog === "there" ? [...namedRecords(site)] : []
    case "tasks":
      return trueTasks(site, body)
    case "templates":
      return trueTemplates(site, body !== undefined)
    case "content_restrictions":
      return restrictions(site, placed())
    case "labels":
      return site.labels.all.map((label) => Object.assign<TrueRow, object>({}, label))
    case "content_labels":
      return contentLabels(site, all)
    case "space_labels":
      return site.spaces
        .filter((space) => site.spaceVisible(space, "user"))
        .flatMap((space) =>
          site
            .labelsOfSpace(space)
            .map((label) => Object.assign<TrueRow, object>({ spaceId: space.id, labelId: label.id }, label)),
        )
    case "classification_levels":
      return site.settings.quirks.classifies
        ? site.levels.map((level) => Object.assign<TrueRow, object>({}, level))
        : []
    case "effective_readers":
      return readers(site, placed())
    case "likes":
      return likesTruth(site)
    case "content_views":
      return viewsTruth(site)
    case "content_properties":
      return propertiesTruth(site)
    case "content_versions":
      return versionsTruth(site, rows)
  }
}

/** The format in which the body of custom content can be had, where bodies are asked for. */
const customFormat = ({ type }: CustomItem, body: BodyWish | undefined): BodyWish | undefined =>
  body !== undefined && CUSTOM_TYPES.find(({ name }) => name === type)?.bodies === "raw" ? { format: "raw" } : body

/**
 * The rows of `content_restrictions`: of content that the credential sees, current and archived, each principal that it names itself, and
 * again each that lets people read something above it, whatever the status of that.
 */
const restrictions = (site: SiteContent, items: readonly PlacedItem[]): TrueRow[] => {
  const rows: TrueRow[] = []
  for (const item of items)
    for (const [height, carrier] of site.chainOf(item).entries())
      for (const operation of height === 0 ? OPERATIONS : (["read"] as const)) {
        const { users, groups } = site.namedIn(site.restrictionsOf(carrier)[operation])
        const ofContent = { contentId: item.id, contentType: item.type, operation, restrictedById: carrier.id }
        const add = (principalType: string, principalId: string) =>
          rows.push({ ...ofContent, inherited: height > 0, principalType, principalId })
        for (const accountId of users) add("user", accountId)
        for (const groupId of groups) add("group", groupId)
      }
  return rows
}

/** The rows of `tasks`: those of content that is not in the trash, whatever the list holds. */
const trueTasks = (site: SiteContent, body: BodyWish | undefined): TrueRow[] => {
  const { tasks } = site.belongings
  return Array.from({ length: tasks.size }, (_, ordinal) => tasks.get(ordinal))
    .filter((task) => taskShown(site, task, "user", false))
    .map((task) => JSON.parse(JSON.stringify(taskV2(site, task, body))) as TrueRow)
}

/** The rows of `templates`: those of the site, of no space, and those of the spaces that the credential sees. */
const trueTemplates = (site: SiteContent, withBodies: boolean): TrueRow[] => {
  const { templates } = site.belongings
  const spaces = site.spaces.filter((space) => site.spaceVisible(space, "user"))
  return [undefined, ...spaces].flatMap((space) =>
    (space === undefined ? templates.ofSite : templates.of(space)).map((each) =>
      Object.assign(templateV1(site, each, withBodies), { spaceId: space?.id ?? null }),
    ),
  )
}

/** The rows of `content_labels`: what live content carries, pages and posts, and files of what is live. */
const contentLabels = (
  site: SiteContent,
  all: <I extends Item>(collection: Collection<I>, accepts: (item: I) => boolean) => I[],
): TrueRow[] => {
  const rowsOf = (contentType: LabelledKind, items: readonly Item[]) =>
    items.flatMap(({ id, ordinal }) =>
      site.labels
        .of(contentType, ordinal)
        .map(({ id: labelId, name, prefix }) => ({ contentId: id, labelId, contentType, name, prefix })),
    )
  const isLive = (item: PlacedItem) =>
    (item.status === "current" || (item.status === "archived" && item.type === "page")) &&
    site.contentExists(item) &&
    site.contentVisible(item, "user")
  const isLiveFile = ({ status, container }: AttachmentItem) => {
    const { place, visible } = site.containerFate(container, "user")
    return visible && status !== "trashed" && (place === "current" || place === "archived")
  }
  return [
    ...rowsOf("page", all(site.pages, isLive)),
    ...rowsOf("blogpost", all(site.blogPosts, isLive)),
    ...rowsOf("attachment", all(site.attachments, isLiveFile)),
  ]
}

/** The rows of `effective_readers`. */
const readers = (site: SiteContent, items: readonly PlacedItem[]): TrueRow[] => {
  const all = new Readers(site)
  return items.flatMap((item) => all.of(item).map((accountId) => ({ contentId: item.id, accountId })))
}

/** The rows of `content_tree`: content that exists, where it lies, whether the credential sees it, and how it can be known to that. */
const treeOf = (site: SiteContent): TrueRow[] => {
  const how = { order: "id", descending: false, limit: Number.POSITIVE_INFINITY } as const
  const items = [site.pages, site.treeItems].flatMap((collection: Collection<PlacedItem>): readonly PlacedItem[] => {
    return collection.scan({ ...how, accepts: (item) => site.contentExists(item) }).items
  })
  const known = knowable(site, items)
  return items.map((item) => ({
    id: item.id,
    type: item.type,
    status: item.status,
    spaceId: site.spaces[item.space]?.id,
    parentId: item.parentId,
    parentType: item.parentType,
    visible: site.contentVisible(item, "user"),
    known: known(item),
  }))
}

const users = (
  site: SiteContent,
  v1: ListingsV1,
  rows: Rows,
  write: <A>(items: readonly A[], how: (w: ByteWriter, item: A) => void) => TrueRow[],
): TrueRow[] => {
  const named = new Set<unknown>(v1.searchable(false).map((user) => user.accountId))
  for (const stream of ["spaces", "pages", "blog_posts", "comments", "attachments"] as const)
    for (const row of truthOf(site, stream, { bodyFormat: null })) {
      for (const field of ACCOUNT_FIELDS) named.add(row[field])
      named.add((row["version"] as TrueRow | undefined)?.["authorId"])
    }
  const known = new Set(treeOf(site).flatMap((row) => (row["known"] === "no" ? [] : [row["id"]])))
  for (const stream of ["folders", "whiteboards", "databases", "embeds"] as const)
    for (const { id, authorId, ownerId, version } of truthOf(site, stream, {}))
      if (known.has(id))
        named
          .add(authorId)
          .add(ownerId)
          .add((version as TrueRow)["authorId"])
  for (const member of truthOf(site, "group_members", {})) named.add(member["accountId"])
  for (const { principal } of truthOf(site, "space_permissions", {})) {
    const { type, id } = principal as SpacePermission["principal"]
    if (type === "user") named.add(id)
  }
  for (const { createdBy, assignedTo, completedBy } of truthOf(site, "tasks", { bodyFormat: null }))
    named.add(createdBy).add(assignedTo).add(completedBy)
  for (const { createdBy, version } of truthOf(site, "space_properties", {}))
    named.add(createdBy).add((version as TrueRow)["createdBy"])
  for (const { principalType, principalId } of truthOf(site, "space_role_assignments", {}))
    if (principalType === "USER") named.add(principalId)
  for (const { accountId } of truthOf(site, "likes", {})) named.add(accountId)
  return write(
    site.users.filter((user) => named.has(user.accountId)),
    (w, user) => rows.user(w, user),
  )
}
