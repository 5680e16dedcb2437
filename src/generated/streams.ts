// Generated from the files in src/streams/definitions/ by scripts/generate.ts. Do not edit; run: npm run generate

import { attachments } from "../streams/definitions/attachments.ts"
import { blogPosts } from "../streams/definitions/blog_posts.ts"
import { classificationLevels } from "../streams/definitions/classification_levels.ts"
import { comments } from "../streams/definitions/comments.ts"
import { contentRestrictions } from "../streams/definitions/content_restrictions.ts"
import { groupMembers } from "../streams/definitions/group_members.ts"
import { groups } from "../streams/definitions/groups.ts"
import { labels } from "../streams/definitions/labels.ts"
import { pages } from "../streams/definitions/pages.ts"
import { spaceLabels } from "../streams/definitions/space_labels.ts"
import { spacePermissions } from "../streams/definitions/space_permissions.ts"
import { spaceRoleAssignments } from "../streams/definitions/space_role_assignments.ts"
import { spaceRoles } from "../streams/definitions/space_roles.ts"
import { spaces } from "../streams/definitions/spaces.ts"
import { users } from "../streams/definitions/users.ts"
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
  classificationLevels,
  contentRestrictions,
  labels,
  spaceLabels,
  spacePermissions,
  spaceRoleAssignments,
  spaceRoles,
]
