/**
 * What the endpoints ask of a token that has scopes, and the fewest scopes that read a choice of streams.
 *
 * Facts: `x-atlassian-oauth2-scopes` in Atlassian's OpenAPI documents. Version 2 knows granular scopes alone. Version 1 names
 * for most endpoints a classic scope ("Current") and granular ones ("Beta"), either of which is to suffice.
 */
import type { AuthType } from "../config/settings.ts"

/** An endpoint that needs a token. */
export interface Endpoint {
  /** From the site's root, variable parts named as in Atlassian's documents. */
  readonly path: string
  /** Scopes of which one set is held in full; the classic ones first, where there are any. */
  readonly scopes: readonly [ReadonlyArray<string>, ...ReadonlyArray<ReadonlyArray<string>>]
}

/** What every command asks at sign-in: who the credential is. Without its scope the account remains unnamed. */
export const SIGN_IN: Endpoint = {
  path: "/wiki/rest/api/user/current",
  scopes: [["read:confluence-user"], ["read:content-details:confluence"]],
}

/** Lets the grant be renewed: without it Atlassian gives no refresh token. */
const RENEWAL = "offline_access"

/** Of all ways to satisfy each endpoint the one with the fewest scopes; of several, the one with more of the classic ones. */
const fewest = (endpoints: ReadonlyArray<Endpoint>): ReadonlySet<string> =>
  endpoints
    .reduce<ReadonlyArray<ReadonlySet<string>>>(
      (ways, endpoint) => ways.flatMap((held) => endpoint.scopes.map((scopes) => new Set([...held, ...scopes]))),
      [new Set()],
    )
    .reduce((best, way) => (way.size < best.size ? way : best))

/** Endpoints, each once: what streams need beside their own may be the same lists. */
export const eachOnce = (endpoints: ReadonlyArray<Endpoint>): ReadonlyArray<Endpoint> => [
  ...new Map(endpoints.map((endpoint) => [endpoint.path, endpoint])).values(),
]

/** The first choice of each endpoint. */
const preferred = (endpoints: ReadonlyArray<Endpoint>): ReadonlySet<string> =>
  new Set(endpoints.flatMap(({ scopes }) => scopes[0]))

/**
 * The scopes that a credential needs in order to sign in and to read these endpoints, sorted.
 *
 * Doubt: version 1 is said to refuse OAuth tokens that hold granular scopes alone ("scope does not match"), in spite of the
 * documents. So OAuth is given both families: the classic scope for version 1 where there is one, granular ones for the rest.
 */
export const scopesFor = (endpoints: ReadonlyArray<Endpoint>, authType: AuthType): ReadonlyArray<string> => {
  const all = eachOnce([SIGN_IN, ...endpoints])
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
export const scopeNames = ({ scopes }: Endpoint): string => {
  const [first, ...others] = scopes.map((set) => set.join(" and "))
  return others.length === 0 ? first! : `${first} (or ${others.join(", or ")})`
}
