// Generated from the files in src/streams/definitions/ by scripts/generate.ts. Do not edit; run: npm run generate

import type { Endpoint } from "../streams/scopes.ts"

/** The endpoints that each stream reads, for whoever needs nothing else of the streams. */
export const endpoints: { readonly [stream: string]: ReadonlyArray<Endpoint> } = {
  spaces: ["/wiki/api/v2/spaces"],
  pages: ["/wiki/api/v2/pages", "/wiki/api/v2/spaces"],
  blog_posts: ["/wiki/api/v2/blogposts", "/wiki/api/v2/spaces"],
  comments: [
    "/wiki/api/v2/footer-comments",
    "/wiki/api/v2/inline-comments",
    "/wiki/api/v2/footer-comments/{id}/children",
    "/wiki/api/v2/inline-comments/{id}/children",
    "/wiki/api/v2/footer-comments/{comment-id}",
    "/wiki/api/v2/inline-comments/{comment-id}",
  ],
  attachments: ["/wiki/api/v2/attachments", "/wiki/api/v2/attachments/{id}"],
  users: [
    "/wiki/api/v2/users-bulk",
    "/wiki/rest/api/search/user",
    "/wiki/rest/api/group",
    "/wiki/rest/api/group/{groupId}/membersByGroupId",
  ],
  groups: ["/wiki/rest/api/group"],
  group_members: ["/wiki/rest/api/group/{groupId}/membersByGroupId", "/wiki/rest/api/group"],
}
