// Generated from the files in src/streams/definitions/ by scripts/generate.ts. Do not edit; run: npm run generate

import { attachments } from "../streams/definitions/attachments.ts"
import { auditLog } from "../streams/definitions/audit_log.ts"
import { blogPosts } from "../streams/definitions/blog_posts.ts"
import { classificationLevels } from "../streams/definitions/classification_levels.ts"
import { comments } from "../streams/definitions/comments.ts"
import { contentLabels } from "../streams/definitions/content_labels.ts"
import { contentProperties } from "../streams/definitions/content_properties.ts"
import { contentRestrictions } from "../streams/definitions/content_restrictions.ts"
import { contentVersions } from "../streams/definitions/content_versions.ts"
import { contentViews } from "../streams/definitions/content_views.ts"
import { customContent } from "../streams/definitions/custom_content.ts"
import { databases } from "../streams/definitions/databases.ts"
import { embeds } from "../streams/definitions/embeds.ts"
import { folders } from "../streams/definitions/folders.ts"
import { groupMembers } from "../streams/definitions/group_members.ts"
import { groups } from "../streams/definitions/groups.ts"
import { labels } from "../streams/definitions/labels.ts"
import { likes } from "../streams/definitions/likes.ts"
import { pages } from "../streams/definitions/pages.ts"
import { spaceLabels } from "../streams/definitions/space_labels.ts"
import { spacePermissions } from "../streams/definitions/space_permissions.ts"
import { spaceProperties } from "../streams/definitions/space_properties.ts"
import { spaceRoleAssignments } from "../streams/definitions/space_role_assignments.ts"
import { spaceRoles } from "../streams/definitions/space_roles.ts"
import { spaces } from "../streams/definitions/spaces.ts"
import { tasks } from "../streams/definitions/tasks.ts"
import { templates } from "../streams/definitions/templates.ts"
import { users } from "../streams/definitions/users.ts"
import { whiteboards } from "../streams/definitions/whiteboards.ts"
import type { StreamDefinition } from "../sync/StreamDefinition.ts"

/** Every stream, in the order in which the catalog names them. */
export const streams: ReadonlyArray<StreamDefinition> = [
  spaces,
  pages,
  blogPosts,
  comments,
  attachments,
  users,
  groups,
  groupMembers,
  auditLog,
  classificationLevels,
  contentLabels,
  contentProperties,
  contentRestrictions,
  contentVersions,
  contentViews,
  customContent,
  databases,
  embeds,
  folders,
  labels,
  likes,
  spaceLabels,
  spacePermissions,
  spaceProperties,
  spaceRoleAssignments,
  spaceRoles,
  tasks,
  templates,
  whiteboards,
]
