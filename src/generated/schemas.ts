// Generated from the files in schemas/ by scripts/generate.ts. Do not edit; run: npm run generate

import attachments from "../../schemas/attachments.json" with { type: "json" }
import auditLog from "../../schemas/audit_log.json" with { type: "json" }
import blogPosts from "../../schemas/blog_posts.json" with { type: "json" }
import classificationLevels from "../../schemas/classification_levels.json" with { type: "json" }
import comments from "../../schemas/comments.json" with { type: "json" }
import contentLabels from "../../schemas/content_labels.json" with { type: "json" }
import contentProperties from "../../schemas/content_properties.json" with { type: "json" }
import contentRestrictions from "../../schemas/content_restrictions.json" with { type: "json" }
import contentVersions from "../../schemas/content_versions.json" with { type: "json" }
import contentViews from "../../schemas/content_views.json" with { type: "json" }
import customContent from "../../schemas/custom_content.json" with { type: "json" }
import databases from "../../schemas/databases.json" with { type: "json" }
import embeds from "../../schemas/embeds.json" with { type: "json" }
import folders from "../../schemas/folders.json" with { type: "json" }
import groupMembers from "../../schemas/group_members.json" with { type: "json" }
import groups from "../../schemas/groups.json" with { type: "json" }
import labels from "../../schemas/labels.json" with { type: "json" }
import likes from "../../schemas/likes.json" with { type: "json" }
import pages from "../../schemas/pages.json" with { type: "json" }
import spaceLabels from "../../schemas/space_labels.json" with { type: "json" }
import spacePermissions from "../../schemas/space_permissions.json" with { type: "json" }
import spaceProperties from "../../schemas/space_properties.json" with { type: "json" }
import spaceRoleAssignments from "../../schemas/space_role_assignments.json" with { type: "json" }
import spaceRoles from "../../schemas/space_roles.json" with { type: "json" }
import spaces from "../../schemas/spaces.json" with { type: "json" }
import tasks from "../../schemas/tasks.json" with { type: "json" }
import templates from "../../schemas/templates.json" with { type: "json" }
import users from "../../schemas/users.json" with { type: "json" }
import whiteboards from "../../schemas/whiteboards.json" with { type: "json" }

/** A JSON Schema (draft-07) of the rows of a stream. */
export interface StreamSchema {
  readonly title: string
  readonly description: string
  readonly properties: { readonly [column: string]: unknown }
  readonly [keyword: string]: unknown
}

/** The schema of each stream by its name. */
export const schemas: { readonly [stream: string]: StreamSchema } = {
  spaces,
  pages,
  blog_posts: blogPosts,
  comments,
  attachments,
  users,
  groups,
  group_members: groupMembers,
  audit_log: auditLog,
  classification_levels: classificationLevels,
  content_labels: contentLabels,
  content_properties: contentProperties,
  content_restrictions: contentRestrictions,
  content_versions: contentVersions,
  content_views: contentViews,
  custom_content: customContent,
  databases,
  embeds,
  folders,
  labels,
  likes,
  space_labels: spaceLabels,
  space_permissions: spacePermissions,
  space_properties: spaceProperties,
  space_role_assignments: spaceRoleAssignments,
  space_roles: spaceRoles,
  tasks,
  templates,
  whiteboards,
}
