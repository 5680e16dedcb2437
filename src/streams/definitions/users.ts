/**
 * Every account that the site shows or that a row of this sync names.
 *
 * Account ids come from the rows of the other streams, from the members of groups, and from the search for users, which
 * ends at about 10,000. All of them are looked up by 250, so that every row has the same shape. The look-up leaves out
 * accounts that it does not know, deleted ones for instance, although rows still name them: these get a row that says
 * `unknown`, so that every account id in the warehouse can be joined.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../../confluence/errors.ts"
import { eachPage, type List, noList, type Row } from "../../confluence/Listing.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import { Accounts, type ReadFailure, type ReadServices } from "../../sync/services.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { MOST_IDS } from "../../sync/followChanges.ts"
import { GROUPS } from "../../sync/SiteDirectory.ts"
import { MOST_AT_ONCE } from "../../sync/walk.ts"
import { ONE_ROW } from "../collection.ts"
import { batchesOf } from "../gone.ts"
import { MEMBERS, readMembers } from "../groupMembers.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import type { StreamDefinition } from "../StreamDefinition.ts"

const LOOK_UP: Endpoint = { path: "/wiki/api/v2/users-bulk", scopes: [["read:user:confluence"]] }
const SEARCH: Endpoint = { path: "/wiki/rest/api/search/user", scopes: [["read:content-details:confluence"]] }

const search: List = {
  path: SEARCH.path,
  query: [["cql", "type=user"]],
  paging: "offset",
  limit: 200,
  stream: "users",
  scope: scopeNames(SEARCH),
}

/** Where one of the lists of people cannot be read. */
const UNNAMED = "accounts that no row names may be left out"

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null

const withEmailSource = (row: Row): Row => {
  const email = row["email"]
  row["emailSource"] = typeof email === "string" && email !== "" ? "profile" : null
  return row
}

const lookUp = Effect.fnUntraced(function* (
  run: StreamRun,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const client = yield* ConfluenceClient
  const { body } = yield* client.request({
    method: "POST",
    path: LOOK_UP.path,
    body: { accountIds: ids },
    stream: run.definition.name,
    scope: scopeNames(LOOK_UP),
  })
  const rows: unknown = isRow(body) ? body["results"] : undefined
  if (!Array.isArray(rows) || !rows.every(isRow)) {
    return yield* noList(LOOK_UP.path, 'no "results" with rows in it')
  }
  const known = new Set(rows.map((row) => row["accountId"]))
  const unknown = ids
    .filter((id) => !known.has(id))
    .map((accountId) => ({ accountId, accountStatus: "unknown", accountType: "unknown" }))
  yield* run.page([...rows, ...unknown].map(withEmailSource))
})

/** A list of people that this credential may not read: the accounts that rows name are still looked up. */
const unlessRefused =
  (what: string) =>
  <R>(list: Effect.Effect<void, ReadFailure, R>) =>
    list.pipe(
      Effect.catchIf(
        (error): error is ConfluenceError =>
          error._tag === "Forbidden" || error._tag === "ScopeMissing" || error._tag === "NotFound",
        (error) =>
          Reporter.use((reporter) =>
            reporter.log(
              "WARN",
              `users: ${what} cannot be read, so accounts that no row names are left out. ${error.message}`,
            ),
          ),
      ),
    )

const read = Effect.fnUntraced(function* ({ run }: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const accounts = yield* Accounts
  const ids = new Set(accounts.named)
  const add = (id: unknown) => {
    if (typeof id === "string" && id !== "") ids.add(id)
  }
  const searched = eachPage(search, (rows) =>
    Effect.sync(() => rows.forEach(({ user }) => add(isRow(user) ? user["accountId"] : undefined))),
  )
  const members = accounts.readWhole.has("group_members")
    ? Effect.void
    : readMembers("users", (rows) => Effect.sync(() => rows.forEach(({ accountId }) => add(accountId))))
  yield* Effect.all(
    [searched.pipe(unlessRefused("the search for users")), members.pipe(unlessRefused("the members of groups"))],
    {
      concurrency: "unbounded",
      discard: true,
    },
  )
  const batches = batchesOf([...ids].sort(), MOST_IDS)
  yield* Effect.forEach(batches, (batch) => lookUp(run, batch), { concurrency: MOST_AT_ONCE, discard: true })
})

export const users: StreamDefinition = {
  name: "users",
  primaryKey: ["accountId"],
  syncModes: ["full_refresh"],
  endpoints: [LOOK_UP, SEARCH, GROUPS, MEMBERS],
  probes: [
    { endpoint: LOOK_UP, body: (accountId) => ({ accountIds: [accountId] }) },
    { endpoint: SEARCH, query: [["cql", "type=user"], ONE_ROW], without: UNNAMED },
    { endpoint: GROUPS, query: [ONE_ROW], without: UNNAMED },
    { endpoint: MEMBERS, query: [ONE_ROW], without: UNNAMED },
  ],
  last: true,
  read,
}
