/**
 * Whether the site has roles. Older sites know permissions alone, and then there is nothing to read, which is no failure.
 *
 * A site says that in one of two ways: its role mode is `PRE_ROLES`, or the lists of roles are not there (404, 501). Which of them
 * differs from site to site, so the mode is asked first, and only where it cannot be had the lists are taken at their word. Of a site
 * whose mode knows roles a list that is not there is a failure, as is one that may not be read (403, a scope): it may hold something.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { type ConfluenceError, saysAbsent } from "../confluence/errors.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"
import { isRecord } from "../json.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { type ReadFailure, isOfOnePart } from "../sync/failures.ts"
import type { Pass } from "../sync/Pass.ts"
import type { ReadServices } from "../sync/readServices.ts"
import type { Probe } from "../sync/StreamFacts.ts"
import { ONE_ROW } from "./kinds/lists.ts"

type Reading = Effect.Effect<void, ReadFailure, ReadServices>

export const ROLES: Endpoint = { path: "/wiki/api/v2/space-roles", scopes: [["read:space.permission:confluence"]] }
export const ROLE_MODE: Endpoint = { path: "/wiki/api/v2/space-role-mode", scopes: [["read:configuration:confluence"]] }

const modeIn = (body: unknown): unknown => (isRecord(body) ? body["mode"] : undefined)

export const ROLES_PROBE: Probe = { endpoint: ROLES, query: [ONE_ROW], mayBeAbsent: true }
export const ROLE_MODE_PROBE: Probe = {
  endpoint: ROLE_MODE,
  mayBeAbsent: true,
  saysNone: (body) => modeIn(body) === "PRE_ROLES",
  without: "its role mode cannot be told, so a site without roles may look like one whose roles may not be read",
}

/** The answer to a question that the stream can do without. */
const asked = Effect.fnUntraced(function* (endpoint: Endpoint, stream: string, query: Probe["query"] = []) {
  const client = yield* ConfluenceClient
  return yield* client.request({ path: endpoint.path, query, stream, scope: scopeNames(endpoint) }).pipe(
    Effect.map(({ body }) => ({ body, error: undefined })),
    Effect.catchIf(
      (error) => error._tag === "ScopeMissing" || error._tag === "EndpointRemoved" || isOfOnePart(error),
      (error) => Effect.succeed({ body: undefined, error }),
    ),
  )
})

const tellNone = (stream: string, why: string) =>
  Effect.flatMap(Reporter, (reporter) =>
    reporter.log("WARN", `${stream}: the site has no roles, so there are no rows. ${why}`),
  )

/**
 * Why a reading that has shown nothing failed, if that says that there are no such lists; of the lists of spaces each has to. A
 * failure of the list of spaces itself says nothing of roles.
 */
const absence = ({ run }: Pass, error: ReadFailure): ConfluenceError | undefined => {
  if (run.listed > 0 || run.resumed) return undefined
  if (error._tag !== "PartsUnread") return isAbsence(error) && error.endpoint.includes("role") ? error : undefined
  const isOfAll = error.missed.length === error.of && error.missed.every((miss) => saysAbsent(miss.error))
  return isOfAll ? error.missed[0]?.error : undefined
}

const isAbsence = (error: ReadFailure): error is ConfluenceError =>
  (error._tag === "NotFound" || error._tag === "EndpointRemoved") && saysAbsent(error)

/**
 * Reads lists of roles where the site has any; `bySpaces`: they are lists of each space, so that the list of roles tells whether there are any,
 * where the mode does not.
 */
export const whereRolesAre = Effect.fnUntraced(function* (
  pass: Pass,
  read: Reading,
  bySpaces: boolean,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { name } = pass.run.facts
  const { body } = yield* asked(ROLE_MODE, name)
  const mode = modeIn(body)
  if (mode === "PRE_ROLES") {
    return yield* tellNone(
      name,
      "Its role mode is PRE_ROLES: it knows permissions alone, which are in space_permissions.",
    )
  }
  if (typeof mode === "string") return yield* read
  const seen = bySpaces ? yield* asked(ROLES, name, [ONE_ROW]) : undefined
  if (seen?.error !== undefined && saysAbsent(seen.error)) return yield* tellNone(name, seen.error.message)
  // The list of roles is there, so there are some to be had in spaces.
  if (seen !== undefined && seen.error === undefined) return yield* read
  yield* read.pipe(
    Effect.catch((error: ReadFailure): Reading => {
      const why = absence(pass, error)
      return why === undefined ? Effect.fail(error) : tellNone(name, why.message)
    }),
  )
})
