/** The query parameters that the lists of Confluence's v2 API declare, by Atlassian's OpenAPI document. */
import type { ParameterForms } from "./parameters.ts"

const both = (...fields: readonly string[]) => fields.flatMap((field) => [field, `-${field}`])
const BODY = { form: "one of", values: ["storage", "atlas_doc_format"] } as const
const PAGING = { cursor: { form: "cursor" }, limit: { form: "limit", default: 25 } } as const
const CONTENT_SORT = both("id", "created-date", "modified-date")
const COMMENT_SORT = { form: "one of", values: both("created-date", "modified-date") } as const

/** `GET /spaces` */
export const SPACES: ParameterForms = {
  ids: { form: "list of ids", most: 250 },
  keys: { form: "list of text", most: 250 },
  type: {
    form: "one of",
    values: ["global", "collaboration", "knowledge_base", "personal", "system", "onboarding", "xflow_sample_space"],
  },
  status: { form: "one of", values: ["current", "archived"] },
  labels: { form: "list of text", most: 250 },
  "favorited-by": { form: "text" },
  "not-favorited-by": { form: "text" },
  sort: { form: "one of", values: both("id", "key", "name") },
  "description-format": { form: "one of", values: ["plain", "view"] },
  "include-icon": { form: "boolean" },
  ...PAGING,
}

/** `GET /spaces/{id}/permissions` */
export const SPACE_PERMISSIONS: ParameterForms = PAGING

/** `GET /spaces/{id}/properties` */
export const SPACE_PROPERTIES: ParameterForms = { key: { form: "text" }, ...PAGING }

const PRINCIPAL: ParameterForms = {
  "role-type": { form: "text" },
  "principal-id": { form: "text" },
  "principal-type": { form: "one of", values: ["USER", "GROUP", "ACCESS_CLASS"] },
}

/** `GET /space-roles` */
export const SPACE_ROLES: ParameterForms = { "space-id": { form: "text" }, ...PRINCIPAL, ...PAGING }

/** `GET /spaces/{id}/role-assignments` */
export const ROLE_ASSIGNMENTS: ParameterForms = { "role-id": { form: "text" }, ...PRINCIPAL, ...PAGING }

const LABEL_SORT = { form: "one of", values: both("created-date", "id", "name") } as const

/** `GET /labels` */
export const LABELS: ParameterForms = {
  "label-id": { form: "list of ids", most: 250 },
  prefix: { form: "list of text", most: 250 },
  sort: LABEL_SORT,
  ...PAGING,
}

/** `GET /spaces/{id}/labels` */
export const SPACE_LABELS: ParameterForms = {
  prefix: { form: "one of", values: ["my", "team"] },
  sort: LABEL_SORT,
  ...PAGING,
}

/** `GET /pages/{id}/labels` and the like */
export const CONTENT_LABELS: ParameterForms = {
  prefix: { form: "one of", values: ["my", "team", "global", "system"] },
  sort: LABEL_SORT,
  ...PAGING,
}

/** `GET /labels/{id}/attachments` */
export const LABELLED_ATTACHMENTS: ParameterForms = { sort: COMMENT_SORT, ...PAGING }

const CONTENT: ParameterForms = {
  id: { form: "list of ids", most: 250 },
  "space-id": { form: "list of ids", most: 100 },
  title: { form: "text" },
  "body-format": BODY,
  ...PAGING,
}

/** `GET /pages` */
export const PAGES: ParameterForms = {
  ...CONTENT,
  sort: { form: "one of", values: [...CONTENT_SORT, ...both("title")] },
  status: { form: "list of", values: ["current", "archived", "deleted", "trashed"] },
  subtype: { form: "one of", values: ["live", "page"] },
}

/** `GET /blogposts` */
export const BLOG_POSTS: ParameterForms = {
  ...CONTENT,
  sort: { form: "one of", values: CONTENT_SORT },
  status: { form: "list of", values: ["current", "deleted", "trashed"] },
}

/** `GET /footer-comments`, `GET /inline-comments` and their `/{id}/children` */
export const COMMENTS: ParameterForms = { "body-format": BODY, sort: COMMENT_SORT, ...PAGING }

/** `GET /pages/{id}/footer-comments` and the like */
export const CONTAINER_COMMENTS: ParameterForms = {
  ...COMMENTS,
  status: { form: "list of", values: ["current", "archived", "trashed", "deleted", "historical", "draft"] },
}

/** `GET /pages/{id}/properties` and the like */
export const CONTENT_PROPERTIES: ParameterForms = {
  key: { form: "text" },
  sort: { form: "one of", values: both("key") },
  ...PAGING,
}

/** `GET /attachments/{id}/versions` */
export const ATTACHMENT_VERSIONS: ParameterForms = {
  sort: { form: "one of", values: both("modified-date") },
  ...PAGING,
}

/** `GET /pages/{id}/versions` and the like */
export const VERSIONS: ParameterForms = { "body-format": BODY, ...ATTACHMENT_VERSIONS }

/** `GET /pages/{id}/likes/users` and the like */
export const LIKES: ParameterForms = PAGING

/** `GET /attachments` */
export const ATTACHMENTS: ParameterForms = {
  sort: COMMENT_SORT,
  status: { form: "list of", values: ["current", "archived", "trashed"] },
  mediaType: { form: "text" },
  filename: { form: "text" },
  cursor: { form: "cursor" },
  limit: { form: "limit", default: 50 },
}

const CUSTOM_BODY = ["raw", "storage", "atlas_doc_format"]

/** `GET /custom-content` */
export const CUSTOM_CONTENT: ParameterForms = {
  type: { form: "text" },
  id: { form: "list of ids", most: 250 },
  "space-id": { form: "list of ids", most: 100 },
  sort: { form: "one of", values: [...CONTENT_SORT, ...both("title")] },
  "body-format": { form: "one of", values: CUSTOM_BODY },
  ...PAGING,
}

/** `GET /custom-content/{id}`; nothing on the sample site asks for the parts that can be included. */
export const CUSTOM_CONTENT_SINGLE: ParameterForms = {
  "body-format": { form: "one of", values: [...CUSTOM_BODY, "view", "export_view", "anonymous_export_view"] },
  "include-version": { form: "boolean" },
}

/** `GET /tasks` */
export const TASKS: ParameterForms = {
  "body-format": BODY,
  "include-blank-tasks": { form: "boolean" },
  status: { form: "one of", values: ["complete", "incomplete"] },
  ...Object.fromEntries(
    ["task-id", "space-id", "page-id", "blogpost-id"].map((name) => [
      name,
      { form: "list of ids", most: 250 } as const,
    ]),
  ),
  ...Object.fromEntries(
    ["created-by", "assigned-to", "completed-by"].map((name) => [name, { form: "list of text", most: 250 } as const]),
  ),
  ...Object.fromEntries(
    ["created-at", "due-at", "completed-at"]
      .flatMap((name) => [`${name}-from`, `${name}-to`])
      .map((name) => [name, { form: "text" } as const]),
  ),
  ...PAGING,
}

/** `GET /pages/{id}/descendants` and those of the tree's other types */
export const DESCENDANTS: ParameterForms = { depth: { form: "whole", least: 1, most: 10 }, ...PAGING }

/** `GET /pages/{id}/direct-children` and the like */
export const DIRECT_CHILDREN: ParameterForms = {
  sort: { form: "one of", values: both("created-date", "id", "modified-date", "child-position", "title") },
  ...PAGING,
}

/** `GET /pages/{id}/ancestors` and the like */
export const ANCESTORS: ParameterForms = { limit: PAGING.limit }

/** `GET /labels/{id}/pages` and `GET /labels/{id}/blogposts` */
export const LABELLED_CONTENT: ParameterForms = {
  "space-id": { form: "list of ids", most: 100 },
  "body-format": BODY,
  sort: { form: "one of", values: CONTENT_SORT },
  ...PAGING,
}
