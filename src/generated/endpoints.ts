// Generated from the files in src/streams/definitions/ by scripts/generate.ts. Do not edit; run: npm run generate

import type { Endpoint } from "../confluence/scopes.ts"

/** The endpoints that each stream reads, for whoever needs nothing else of the streams. */
export const endpoints: { readonly [stream: string]: ReadonlyArray<Endpoint> } = {
  spaces: [{ path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] }],
  pages: [
    { path: "/wiki/api/v2/pages", scopes: [["read:page:confluence"]] },
    { path: "/wiki/api/v2/pages/{id}", scopes: [["read:page:confluence"]] },
    { path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] },
  ],
  blog_posts: [
    { path: "/wiki/api/v2/blogposts", scopes: [["read:page:confluence"]] },
    { path: "/wiki/api/v2/blogposts/{id}", scopes: [["read:page:confluence"]] },
    { path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] },
  ],
  comments: [
    { path: "/wiki/api/v2/footer-comments", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/inline-comments", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/footer-comments/{id}/children", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/inline-comments/{id}/children", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/footer-comments/{comment-id}", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/inline-comments/{comment-id}", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/pages/{id}/footer-comments", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/pages/{id}/inline-comments", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/blogposts/{id}/footer-comments", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/blogposts/{id}/inline-comments", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/attachments/{id}/footer-comments", scopes: [["read:comment:confluence"]] },
    { path: "/wiki/api/v2/custom-content/{id}/footer-comments", scopes: [["read:comment:confluence"]] },
  ],
  attachments: [
    { scopes: [["read:attachment:confluence"]], path: "/wiki/api/v2/attachments" },
    { scopes: [["read:attachment:confluence"]], path: "/wiki/api/v2/attachments/{id}" },
    { scopes: [["read:attachment:confluence"]], path: "/wiki/api/v2/pages/{id}/attachments" },
    { scopes: [["read:attachment:confluence"]], path: "/wiki/api/v2/blogposts/{id}/attachments" },
    { scopes: [["read:attachment:confluence"]], path: "/wiki/api/v2/custom-content/{id}/attachments" },
  ],
  users: [
    { path: "/wiki/api/v2/users-bulk", scopes: [["read:user:confluence"]] },
    { path: "/wiki/rest/api/search/user", scopes: [["read:content-details:confluence"]] },
    { path: "/wiki/rest/api/group", scopes: [["read:confluence-groups"], ["read:group:confluence"]] },
    {
      path: "/wiki/rest/api/group/{groupId}/membersByGroupId",
      scopes: [["read:confluence-groups"], ["read:group:confluence", "read:user:confluence"]],
    },
  ],
  groups: [{ path: "/wiki/rest/api/group", scopes: [["read:confluence-groups"], ["read:group:confluence"]] }],
  group_members: [
    {
      path: "/wiki/rest/api/group/{groupId}/membersByGroupId",
      scopes: [["read:confluence-groups"], ["read:group:confluence", "read:user:confluence"]],
    },
    { path: "/wiki/rest/api/group", scopes: [["read:confluence-groups"], ["read:group:confluence"]] },
  ],
  classification_levels: [{ path: "/wiki/api/v2/classification-levels", scopes: [["read:configuration:confluence"]] }],
  content_restrictions: [
    { path: "/wiki/rest/api/content/search", scopes: [["search:confluence"], ["read:content-details:confluence"]] },
    { path: "/wiki/rest/api/search", scopes: [["search:confluence"], ["read:content-details:confluence"]] },
    {
      path: "/wiki/rest/api/content/{id}/restriction",
      scopes: [["read:confluence-content.all"], ["read:content-details:confluence"]],
    },
    {
      path: "/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}",
      scopes: [["read:confluence-content.all"], ["read:content-details:confluence"]],
    },
    { path: "/wiki/api/v2/pages", scopes: [["read:page:confluence"]] },
    { path: "/wiki/api/v2/blogposts", scopes: [["read:page:confluence"]] },
    { path: "/wiki/api/v2/folders/{id}", scopes: [["read:folder:confluence"]] },
    { path: "/wiki/api/v2/whiteboards/{id}", scopes: [["read:whiteboard:confluence"]] },
    { path: "/wiki/api/v2/databases/{id}", scopes: [["read:database:confluence"]] },
    { path: "/wiki/api/v2/embeds/{id}", scopes: [["read:embed:confluence"]] },
    { path: "/wiki/api/v2/pages/{id}/ancestors", scopes: [["read:content.metadata:confluence"]] },
    { path: "/wiki/api/v2/folders/{id}/ancestors", scopes: [["read:content.metadata:confluence"]] },
    { path: "/wiki/api/v2/whiteboards/{id}/ancestors", scopes: [["read:content.metadata:confluence"]] },
    { path: "/wiki/api/v2/databases/{id}/ancestors", scopes: [["read:content.metadata:confluence"]] },
    { path: "/wiki/api/v2/embeds/{id}/ancestors", scopes: [["read:content.metadata:confluence"]] },
    { path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] },
  ],
  labels: [{ path: "/wiki/api/v2/labels", scopes: [["read:label:confluence"]] }],
  space_labels: [
    { path: "/wiki/api/v2/spaces/{id}/labels", scopes: [["read:space:confluence"]] },
    { path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] },
  ],
  space_permissions: [
    { path: "/wiki/api/v2/spaces/{id}/permissions", scopes: [["read:space:confluence"]] },
    { path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] },
  ],
  space_role_assignments: [
    { path: "/wiki/api/v2/spaces/{id}/role-assignments", scopes: [["read:space.permission:confluence"]] },
    { path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] },
    { path: "/wiki/api/v2/space-roles", scopes: [["read:space.permission:confluence"]] },
    { path: "/wiki/api/v2/space-role-mode", scopes: [["read:configuration:confluence"]] },
  ],
  space_roles: [
    { path: "/wiki/api/v2/space-roles", scopes: [["read:space.permission:confluence"]] },
    { path: "/wiki/api/v2/space-role-mode", scopes: [["read:configuration:confluence"]] },
  ],
}
