/** The schemas are complete by Atlassian's OpenAPI documents. These are not part of the project: without them this is skipped. */
import { assert, describe, it } from "@effect/vitest"
import { loadOpenApiDocuments } from "../support/openapiDocuments.ts"
import { added, type Column, columnsOf, undocumented } from "./columns.ts"

/** Documented fields that are no columns, or not in one, each with its reason. */
const leftOut: { readonly [stream: string]: { readonly [field: string]: string } } = {
  group_members: {
    username: "no longer answered, for privacy",
    userKey: "no longer answered, for privacy",
    operations: "an expansion that is not asked for",
    details: "an expansion that is not asked for",
    personalSpace: "an expansion that is not asked for",
    _expandable: "names the expansions that were not asked for",
  },
  audit_log: {
    "author.username": "no longer answered, for privacy",
    "author.userKey": "no longer answered, for privacy",
  },
  templates: {
    _expandable: "names the expansions that were not asked for",
    ...Object.fromEntries(
      [
        "view",
        "export_view",
        "styled_view",
        "editor",
        "editor2",
        "wiki",
        "atlas_doc_format",
        "anonymous_export_view",
        "storage.embeddedContent",
        "storage.webresource",
        "storage.mediaToken",
        "storage._expandable",
        "storage._links",
      ].map((field) => [`body.${field}`, "cannot be asked for: the list has the storage format alone"]),
    ),
  },
}

/** The models of the rows that the list endpoints answer. */
const models: { readonly [stream: string]: readonly [document: "v1" | "v2", ...models: ReadonlyArray<string>] } = {
  spaces: ["v2", "SpaceBulk"],
  pages: ["v2", "PageBulk"],
  blog_posts: ["v2", "BlogPostBulk"],
  comments: ["v2", "FooterCommentModel", "InlineCommentModel", "ChildrenCommentModel", "InlineCommentChildrenModel"],
  attachments: ["v2", "AttachmentBulk"],
  custom_content: ["v2", "CustomContentBulk"],
  users: ["v2", "User"],
  groups: ["v1", "Group"],
  group_members: ["v1", "User"],
  space_permissions: ["v2", "SpacePermissionAssignment"],
  space_role_assignments: ["v2", "SpaceRoleAssignment"],
  space_roles: ["v2", "SpaceRole"],
  likes: ["v2", "Like"],
  content_properties: ["v2", "ContentProperty"],
  content_versions: [
    "v2",
    "PageVersion",
    "BlogPostVersion",
    "CommentVersion",
    "AttachmentVersion",
    "CustomContentVersion",
  ],
  space_properties: ["v2", "SpaceProperty"],
  tasks: ["v2", "Task"],
  audit_log: ["v1", "AuditRecord"],
  templates: ["v1", "ContentTemplate", "BlueprintTemplate"],
  space_labels: ["v2", "Label"],
  labels: ["v2", "Label"],
  classification_levels: ["v2", "ClassificationLevel"],
  folders: ["v2", "FolderSingle"],
  whiteboards: ["v2", "WhiteboardSingle"],
  databases: ["v2", "DatabaseSingle"],
  embeds: ["v2", "SmartLinkSingle"],
}

interface Model {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly properties?: { readonly [name: string]: Model }
  readonly items?: Model
}

const documents = loadOpenApiDocuments()
if (documents === undefined) {
  process.stderr.write(
    "Atlassian's OpenAPI documents are not here: set CONFLUENCE_OPENAPI_DIR to compare the schemas with them.\n",
  )
}

describe.skipIf(documents === undefined)("the schemas and Atlassian's OpenAPI documents", () => {
  const definitions = (document: "v1" | "v2"): { readonly [name: string]: Model } =>
    (documents![document] as { readonly components: { readonly schemas: { readonly [name: string]: Model } } })
      .components.schemas

  const resolved = (model: Model, document: "v1" | "v2"): Model =>
    model.$ref === undefined ? model : definitions(document)[model.$ref.split("/").at(-1)!]!

  it.each(Object.entries(models))(
    "%s has every field of its rows' models, and no other but the known ones",
    (stream, [document, ...rowModels]) => {
      const fields = new Set(rowModels.flatMap((name) => Object.keys(definitions(document)[name]!.properties ?? {})))
      const out = Object.keys(leftOut[stream] ?? {}).filter((field) => !field.includes("."))
      for (const field of out) assert.isTrue(fields.has(field), `${field} is left out, but is not documented`)
      assert.sameMembers(
        Object.keys(columnsOf(stream)),
        [...fields].filter((field) => !out.includes(field)).concat(added[stream] ?? [], undocumented[stream] ?? []),
      )
    },
  )

  it.each(Object.entries(models))("%s has the documented types at every depth", (stream, [document, ...rowModels]) => {
    const compare = (column: Column, documented: Model, path: string): void => {
      const model = resolved(documented, document)
      if (model.type === undefined) return
      assert.include(column.type, model.type, path)
      assert.strictEqual(column.format, model.format === "date-time" ? "date-time" : undefined, path)
      if (model.items !== undefined) compare(column.items!, model.items, `${path}[]`)
      for (const [name, inside] of Object.entries(model.properties ?? {})) {
        if (`${path}.${name}`.slice(stream.length + 1) in (leftOut[stream] ?? {})) continue
        assert.property(column.properties, name, path)
        compare(column.properties![name]!, inside, `${path}.${name}`)
      }
    }
    for (const name of rowModels) {
      for (const [field, model] of Object.entries(definitions(document)[name]!.properties ?? {})) {
        if (field in (leftOut[stream] ?? {})) continue
        compare(columnsOf(stream)[field]!, model, `${stream}.${field}`)
      }
    }
  })
})
