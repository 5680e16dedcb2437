/** Draws the faults of histories, and tells whom the failure of an endpoint may concern. */
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { generatedGroupId } from "../../src/sample-site/people.ts"
import { TREE_STREAMS } from "../support/knowableTree.ts"
import type { Chance } from "./chance.ts"
import { dependentsOfContent } from "./faultsOfContent.ts"
import type { IncrementalStream } from "./moments.ts"

const SECOND = 1000

export const ENDPOINTS: Readonly<Record<IncrementalStream, ReadonlyArray<string>>> = {
  pages: ["/wiki/api/v2/pages"],
  blog_posts: ["/wiki/api/v2/blogposts"],
  comments: ["/wiki/api/v2/footer-comments", "/wiki/api/v2/inline-comments"],
  attachments: ["/wiki/api/v2/attachments"],
  custom_content: ["/wiki/api/v2/custom-content"],
}
const SHARED_ENDPOINTS = ["/wiki/api/v2/spaces", "/wiki/api/v2/content/convert-ids-to-types"]

const V2 = "/wiki/api/v2"

/** Endpoints that not all streams need, and the streams that may fail with each; users are named by the rows of all. */
const DEPENDENTS: Readonly<Record<string, ReadonlyArray<string>>> = {
  [`${V2}/footer-comments`]: ["comments", "likes", "content_properties", "content_versions", "users"],
  [`${V2}/inline-comments`]: ["comments", "likes", "content_properties", "content_versions", "users"],
  [`${V2}/attachments`]: ["attachments", "content_properties", "content_versions", "users"],
  [`${V2}/footer-comments/*`]: ["comments", "likes", "content_properties", "content_versions", "users"],
  [`${V2}/inline-comments/*`]: ["comments", "likes", "content_properties", "content_versions", "users"],
  [`${V2}/attachments/*`]: ["attachments", "content_properties", "content_versions", "users"],
  [`${V2}/pages/*/attachments`]: ["attachments", "content_properties", "content_versions", "users"],
  [`${V2}/blogposts/*/footer-comments`]: ["comments", "likes", "content_properties", "content_versions", "users"],
  [`${V2}/users-bulk`]: ["users"],
  "/wiki/rest/api/search/user": ["users"],
  [`${V2}/spaces/*/permissions`]: ["space_permissions", "users"],
  [`${V2}/spaces/*/role-assignments`]: ["space_role_assignments", "users"],
  [`${V2}/space-roles`]: ["space_roles", "space_role_assignments", "users"],
  [`${V2}/space-role-mode`]: [],
  [`${V2}/spaces/*/properties`]: ["space_properties", "users"],
  "/wiki/rest/api/template/*": ["templates"],
  "/wiki/rest/api/audit": ["audit_log"],
  [`${V2}/tasks`]: ["tasks", "users"],
  "/wiki/rest/api/group": ["groups", "group_members", "users"],
}

/** The same of endpoints whose faults are drawn with their streams (laterDraws.ts): one more above would draw other histories for all seeds. */
const LATER_DEPENDENTS: Readonly<Record<string, ReadonlyArray<string>>> = {
  [`${V2}/spaces/*/labels`]: ["space_labels"],
  [`${V2}/labels`]: ["labels", "content_labels"],
  [`${V2}/labels/*/pages`]: ["content_labels"],
  [`${V2}/labels/*/blogposts`]: ["content_labels"],
  [`${V2}/labels/*/attachments`]: ["content_labels"],
  [`${V2}/classification-levels`]: ["classification_levels"],
  // Each of the four tells of the others, and the way past one that is refused is refused too.
  ...Object.fromEntries(
    [
      ...TREE_STREAMS.map((stream) => `${V2}/${stream}/*`),
      "/wiki/rest/api/content/search",
      "/wiki/rest/api/search",
      `${V2}/*/ancestors`,
    ].map((path) => [path, [...TREE_STREAMS, "content_restrictions", "content_properties", "users"]]),
  ),
  "/wiki/rest/api/content/*/restriction": ["content_restrictions", "users"],
  "/wiki/rest/api/content/*/restriction/byOperation/*": ["content_restrictions", "users"],
  [`${V2}/custom-content`]: ["custom_content", "content_properties", "content_versions", "users"],
  [`${V2}/custom-content/*`]: ["custom_content", "content_properties", "content_versions", "users"],
}

const MEMBERS = /^\/wiki\/rest\/api\/group\/([^/*]+)\/membersByGroupId$/
/** The list of a group's members. */
export const membersPath = (groupId: string): string => `/wiki/rest/api/group/${groupId}/membersByGroupId`

/** The group whose list of members a path is. */
export const groupOf = (path: string): string | undefined => MEMBERS.exec(path)?.[1]

/** The streams that may fail where this path does; undefined: any. */
export const dependentsOf = (path: string): ReadonlyArray<string> | undefined =>
  groupOf(path) === undefined
    ? (DEPENDENTS[path] ?? LATER_DEPENDENTS[path] ?? dependentsOfContent(path))
    : ["group_members", "users"]

/** Endpoints that are asked for many elements at once. */
const BATCHES = [`${V2}/users-bulk`, `${V2}/content/convert-ids-to-types`, `${V2}/pages`, `${V2}/blogposts`]

/** JSON that is no list. */
const NO_LISTS = ["{}", "[]", "null", '"ok"', '{"results":null}', '{"results":{}}', '{"message":"Please try again"}']

/** Fields of rows and what they may hold instead of what they should; each may also be missing. */
const ODDITIES: ReadonlyArray<readonly [string, ...ReadonlyArray<unknown>]> = [
  ["id", null, true, []],
  ["version", null, 3],
  ["version.number", null, "2"],
  ["version.createdAt", null, "yesterday", 7],
  ["createdAt", null],
  ["title", null, 7, ["A title"]],
]

/** What a fault is drawn for. */
export interface Occasion {
  readonly site: SampleSiteOptions
  readonly streams: ReadonlyArray<string>
  readonly realTime: boolean
}

/** Draws a fault that hits while these streams are read. */
export const drawFault = (chance: Chance, { site, streams, realTime }: Occasion): Fault => {
  const own = streams.flatMap((stream) => ENDPOINTS[stream as IncrementalStream] ?? [])
  const path = chance.of([...own, ...own, ...SHARED_ENDPOINTS])
  const after = chance.spread(1, 40) - 1
  const often = { probability: 0.02 + 0.15 * chance.fraction() }
  switch (
    chance.weighted({
      "a bad answer now and then": 4,
      "a broken answer now and then": 3,
      "no answer": realTime ? 0 : 1,
      refused: 4,
      "refused once": 3,
      "broken for good": 1,
      "an empty list": 4,
      "an expired cursor": 2,
      "the same cursor again": 1,
      "a rate limit": 2,
      "a long wait": realTime ? 0 : 1,
      "one endpoint refused": 1.5,
      "one parent refused": streams.includes("group_members") ? 3 : 0,
      "one element disliked": 1,
      "no list": 1,
      "an odd row": 1.5,
      "no form of values found out": 0.7,
    })
  ) {
    case "a bad answer now and then":
      return { kind: "status", status: chance.of([500, 502, 503, 504]), ...often }
    case "a broken answer now and then":
      return { kind: chance.of(["reset", "cut", "truncated-json", "html"] as const), ...often }
    case "no answer":
      return { kind: "hang", path, after, times: 1 }
    case "refused":
      return { kind: "status", status: chance.of([401, 403, 404]), path, after }
    case "refused once":
      return { kind: "status", status: chance.of([401, 403, 404]), path, after, times: 1 }
    case "broken for good":
      return { kind: "status", status: 500, path, after }
    case "an empty list":
      return {
        kind: "empty-list",
        path: chance.of([...own, "/wiki/api/v2/spaces"]),
        after,
        times: chance.of([1, 1, 2, 3]),
      }
    case "an expired cursor":
      return { kind: "expired-cursor", query: "cursor=", after, times: chance.between(1, 3) }
    case "the same cursor again":
      return { kind: "repeated-cursor", path, after }
    case "a rate limit":
      return {
        kind: "rate-limit",
        form: chance.of(["seconds", "http-date", "reset", "none"] as const),
        waitMs: realTime ? 1000 : chance.between(1, 90) * SECOND,
        after,
        times: chance.between(1, 3),
      }
    case "a long wait":
      return { kind: "rate-limit", form: "seconds", waitMs: 30 * 60 * SECOND, path, after, times: 1 }
    case "one endpoint refused":
      return { kind: "status", status: chance.of([401, 403]), path: chance.of(Object.keys(DEPENDENTS)) }
    case "one parent refused":
      return {
        kind: "status",
        status: chance.of([400, 403, 404, 500]),
        path: membersPath(generatedGroupId(site.seed!, chance.between(0, site.groups! - 1))),
      }
    case "one element disliked":
      return {
        kind: "disliked-element",
        path: chance.of(BATCHES),
        status: chance.of([400, 404, 500]),
        share: chance.of([0.02, 0.1]),
        alone: chance.happens(0.5),
      }
    case "no list":
      return { kind: "not-a-list", path, body: chance.of(NO_LISTS), after, times: 1 }
    case "an odd row": {
      const [field, ...values] = chance.of(ODDITIES)
      const value = chance.of([...values, undefined])
      const odd = { kind: "odd-row", path, field, after, times: chance.of([1, 1, 3]) } as const
      return value === undefined ? odd : { ...odd, value }
    }
    case "no form of values found out":
      return {
        kind: "status",
        status: chance.of([500, 503]),
        path: "/wiki/api/v2/spaces",
        query: "ids=",
        times: chance.spread(1, 20),
      }
  }
}
