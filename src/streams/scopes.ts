/**
 * What the endpoints ask of a token that has scopes, and the fewest scopes that read a choice of streams.
 *
 * Facts: `x-atlassian-oauth2-scopes` in Atlassian's OpenAPI documents. Version 2 knows granular scopes alone. Version 1 names
 * for most endpoints a classic scope ("Current") and granular ones ("Beta"), either of which is to suffice.
 */
import type { AuthType } from "../config/settings.ts"

/** Scopes of which one set is held in full; the preferred one first. */
type Alternatives = readonly [ReadonlyArray<string>, ...ReadonlyArray<ReadonlyArray<string>>]

const granular = (scope: string): Alternatives => [[scope]]

const PAGE = granular("read:page:confluence")
const COMMENT = granular("read:comment:confluence")
const ATTACHMENT = granular("read:attachment:confluence")

/** Every endpoint that needs a token, by its path, with the scopes that it takes: the classic ones first. */
export const endpointScopes = {
  "/wiki/rest/api/user/current": [["read:confluence-user"], ["read:content-details:confluence"]],
  "/wiki/api/v2/spaces": granular("read:space:confluence"),
  "/wiki/api/v2/pages": PAGE,
  "/wiki/api/v2/blogposts": PAGE,
  "/wiki/api/v2/footer-comments": COMMENT,
  "/wiki/api/v2/footer-comments/{comment-id}": COMMENT,
  "/wiki/api/v2/footer-comments/{id}/children": COMMENT,
  "/wiki/api/v2/inline-comments": COMMENT,
  "/wiki/api/v2/inline-comments/{comment-id}": COMMENT,
  "/wiki/api/v2/inline-comments/{id}/children": COMMENT,
  "/wiki/api/v2/attachments": ATTACHMENT,
  "/wiki/api/v2/attachments/{id}": ATTACHMENT,
  "/wiki/api/v2/users-bulk": granular("read:user:confluence"),
  "/wiki/rest/api/search/user": granular("read:content-details:confluence"),
  "/wiki/rest/api/group": [["read:confluence-groups"], ["read:group:confluence"]],
  "/wiki/rest/api/group/{groupId}/membersByGroupId": [
    ["read:confluence-groups"],
    ["read:group:confluence", "read:user:confluence"],
  ],
} as const satisfies Readonly<Record<string, Alternatives>>

/** The path of an endpoint from the site's root, variable parts named as in Atlassian's documents. */
export type Endpoint = keyof typeof endpointScopes

/** What every command asks at sign-in: who the credential is. Without its scope the account remains unnamed. */
const SIGN_IN: Endpoint = "/wiki/rest/api/user/current"

/** Lets the grant be renewed: without it Atlassian gives no refresh token. */
const RENEWAL = "offline_access"

const alternativesOf = (endpoint: Endpoint): Alternatives => endpointScopes[endpoint]

/** Of all ways to satisfy each endpoint the one with the fewest scopes; of several, the one with more of the classic ones. */
const fewest = (endpoints: ReadonlyArray<Endpoint>): ReadonlySet<string> =>
  endpoints
    .reduce<ReadonlyArray<ReadonlySet<string>>>(
      (ways, endpoint) =>
        ways.flatMap((held) => alternativesOf(endpoint).map((scopes) => new Set([...held, ...scopes]))),
      [new Set()],
    )
    .reduce((best, way) => (way.size < best.size ? way : best))

/** The first choice of each endpoint. */
const preferred = (endpoints: ReadonlyArray<Endpoint>): ReadonlySet<string> =>
  new Set(endpoints.flatMap((endpoint) => alternativesOf(endpoint)[0]))

/**
 * The scopes that a credential needs in order to sign in and to read these endpoints, sorted.
 *
 * Doubt: version 1 is said to refuse OAuth tokens that hold granular scopes alone ("scope does not match"), in spite of the
 * documents. So OAuth is given both families: the classic scope for version 1 where there is one, granular ones for the rest.
 */
export const scopesFor = (endpoints: ReadonlyArray<Endpoint>, authType: AuthType): ReadonlyArray<string> => {
  const all = [...new Set([SIGN_IN, ...endpoints])]
  switch (authType) {
    case "api_token":
      return [...fewest(all)].toSorted()
    case "service_account":
      return [...preferred(all)].toSorted()
    case "oauth2.0":
      return [RENEWAL, ...preferred(all)].toSorted()
  }
}

/** The scopes of an endpoint in words, such as "read:confluence-groups (or read:group:confluence)". */
export const scopeNames = (endpoint: Endpoint): string => {
  const [first, ...others] = alternativesOf(endpoint).map((scopes) => scopes.join(" and "))
  return others.length === 0 ? first! : `${first} (or ${others.join(", or ")})`
}
