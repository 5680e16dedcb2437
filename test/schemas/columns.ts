/** What the tests of the schemas know of the streams' columns. */
import { schemas } from "../../src/generated/schemas.ts"

export interface Column {
  readonly type: ReadonlyArray<string>
  readonly description: string
  readonly format?: string
  readonly airbyte_type?: string
  readonly additionalProperties?: boolean
  readonly properties?: { readonly [name: string]: Column }
  readonly items?: Column
  readonly [keyword: string]: unknown
}

/** Primary keys as the README promises them. */
export const primaryKeys: { readonly [stream: string]: ReadonlyArray<string> } = {
  spaces: ["id"],
  pages: ["id"],
  blog_posts: ["id"],
  comments: ["id"],
  attachments: ["id"],
  custom_content: ["id"],
  users: ["accountId"],
  groups: ["id"],
  group_members: ["groupId", "accountId"],
  space_permissions: ["id"],
  space_role_assignments: ["spaceId", "roleId", "principalType", "principalId"],
  likes: ["contentId", "accountId"],
  content_views: ["contentId"],
  content_properties: ["id"],
  content_versions: ["contentId", "number"],
  space_labels: ["spaceId", "labelId"],
  content_labels: ["contentId", "labelId"],
  labels: ["id"],
  classification_levels: ["id"],
  space_roles: ["id"],
  space_properties: ["id"],
  templates: ["templateId"],
  folders: ["id"],
  whiteboards: ["id"],
  databases: ["id"],
  embeds: ["id"],
  tasks: ["id"],
  audit_log: ["auditId"],
  content_restrictions: ["contentId", "operation", "restrictedById", "principalType", "principalId"],
}

/** What the connector adds to the API's fields. */
export const changes = ["updatedAt", "changedAt", "_ab_cdc_deleted_at", "deletionReason"]
export const added: { readonly [stream: string]: ReadonlyArray<string> } = {
  pages: changes,
  blog_posts: changes,
  comments: [...changes, "commentType", "containerType", "containerId"],
  attachments: [...changes, "containerType", "containerId"],
  custom_content: changes,
  users: ["emailSource"],
  group_members: ["groupId"],
  space_permissions: ["spaceId"],
  space_properties: ["spaceId"],
  templates: ["spaceId"],
  audit_log: ["auditId", "createdAt"],
  space_role_assignments: ["spaceId", "principalType", "principalId"],
  likes: ["contentId", "contentType"],
  content_properties: [...changes, "contentId", "contentType"],
  content_versions: ["changedAt", "_ab_cdc_deleted_at", "deletionReason", "contentId", "contentType"],
  space_labels: ["spaceId", "labelId"],
}

/** Fields that sites answer though the OpenAPI documents do not have them. */
export const undocumented: { readonly [stream: string]: ReadonlyArray<string> } = {
  spaces: ["spaceOwnerId"],
  pages: ["sourceTemplateEntityId"],
  blog_posts: ["sourceTemplateEntityId"],
  group_members: ["accountStatus", "locale"],
}

export const columnsOf = (stream: string) => schemas[stream]!.properties as { readonly [name: string]: Column }

/** Every column with its path, those inside objects and lists too. */
export const walk = (
  columns: { readonly [name: string]: Column },
  prefix: string,
): ReadonlyArray<readonly [string, Column]> =>
  Object.entries(columns).flatMap(([name, column]) => {
    const path = `${prefix}${name}`
    const inside = walk(column.properties ?? {}, `${path}.`)
    const items = column.items === undefined ? [] : walk({ "": column.items }, `${path}[]`)
    return [[path, column] as const].concat(inside, items)
  })
