/**
 * Every account that the site shows or that a row of this sync names.
 *
 * Account ids come from the rows of the other streams, from the members of groups, and from the search for users, which
 * ends at about 10,000. All of them are looked up by 250, so that every row has the same shape. The look-up leaves out
 * accounts that it does not know, deleted ones for instance, although rows still name them: these get a row that says
 * `unknown`, so that every account id in the warehouse can be joined.
 *
 * The people of the organization come to that, where the config names one: suspended ones, for instance, whom no group shows. Those
 * whom the look-up does not know, and no row names, are not of this site and have no row. Addresses that profiles hide come from
 * the export of users, then from the organization (addresses.ts).
 *
 * A list of people that may not be read is left out with a warning. One that fails otherwise, be it for one group or for one
 * account, costs what it alone would have told: everybody else is sent, and the stream ends with an error.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../../confluence/errors.ts"
import { type List, type Row, eachPage, noList } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { isRecord } from "../../json.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import { Accounts, type Missed } from "../../site/Accounts.ts"
import { Emails } from "../../site/Emails.ts"
import { MOST_IDS } from "../../site/manyValues.ts"
import { GROUPS } from "../../site/siteLists.ts"
import { type ReadFailure, isOfOnePart, partsUnread } from "../../sync/failures.ts"
import { batchesOf } from "../../sync/LookUp.ts"
import { readBatches } from "../../sync/parents.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { makeAddresses } from "../addresses.ts"
import { readChildren } from "../kinds/childrenOf.ts"
import { ONE_ROW } from "../kinds/lists.ts"
import { MEMBERS, membersOfGroups } from "./group_members.ts"

export const LOOK_UP: Endpoint = { path: "/wiki/api/v2/users-bulk", scopes: [["read:user:confluence"]] }
const SEARCH: Endpoint = { path: "/wiki/rest/api/search/user", scopes: [["read:content-details:confluence"]] }

export const search: List = {
  path: SEARCH.path,
  query: [["cql", "type=user"]],
  paging: "offset",
  limit: 200,
  stream: "users",
  scope: scopeNames(SEARCH),
}

/** Tries of what is left of a batch that has failed. */
const TRIES_OF_A_PART = 2

/** Where one of the lists of people cannot be read. */
const UNNAMED = "accounts that no row names may be left out"

const lookUp = Effect.fnUntraced(function* (
  run: StreamRun,
  ids: ReadonlyArray<string>,
  { isNamed, withEmail }: KnownBeside,
  isPart: boolean,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const client = yield* ConfluenceClient
  const { body } = yield* client.request({
    ...(isPart ? { tries: TRIES_OF_A_PART } : {}),
    method: "POST",
    path: LOOK_UP.path,
    body: { accountIds: ids },
    stream: run.facts.name,
    scope: scopeNames(LOOK_UP),
  })
  const rows: unknown = isRecord(body) ? body["results"] : undefined
  if (!Array.isArray(rows) || !rows.every(isRecord)) {
    return yield* noList(LOOK_UP.path, 'no "results" with rows in it')
  }
  const known = new Set(rows.map((row) => row["accountId"]))
  const unknown = ids
    .filter((id) => !known.has(id) && isNamed(id))
    .map((accountId) => ({ accountId, accountStatus: "unknown", accountType: "unknown" }))
  yield* run.page([...rows, ...unknown].map(withEmail))
})

/** What is known of accounts beside what the look-up says. */
interface KnownBeside {
  /** Whether a row or a list of the site names it: then it has a row, although the look-up does not know it. */
  readonly isNamed: (accountId: string) => boolean
  readonly withEmail: (row: Row) => Row
}

const isRefusal = ({ _tag }: ConfluenceError): boolean =>
  _tag === "Forbidden" || _tag === "ScopeMissing" || _tag === "NotFound"

/** What could not be had of a list of people; a failure that is not of this list alone ends the stream. */
const missedOf = (
  name: string,
  list: Effect.Effect<ReadonlyArray<Missed>, ReadFailure, ReadServices>,
): Effect.Effect<ReadonlyArray<Missed>, ReadFailure, ReadServices> =>
  list.pipe(
    Effect.catchIf(
      (error): error is ConfluenceError =>
        error._tag === "ScopeMissing" || error._tag === "EndpointRemoved" || isOfOnePart(error),
      (error) => Effect.succeed([{ name, error }]),
    ),
  )

const read = Effect.fnUntraced(function* ({ run }: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const accounts = yield* Accounts
  const reporter = yield* Reporter
  const ids = new Set(accounts.named)
  /** People that are listed without their id: nobody can look them up. */
  let odd = 0
  const add = (id: unknown) => {
    if (typeof id === "string" && id !== "") ids.add(id)
    else odd++
  }
  const searched = eachPage(
    search,
    (rows) => Effect.sync(() => rows.forEach(({ user }) => add(isRecord(user) ? user["accountId"] : undefined))),
    { oddAsRows: true },
  ).pipe(Effect.as([]))
  const members = accounts.readWhole.has("group_members")
    ? Effect.succeed(accounts.readWhole.get("group_members") ?? [])
    : readChildren(membersOfGroups, "users", (rows) =>
        Effect.sync(() => rows.forEach(({ accountId }) => add(accountId))),
      )
  const addresses = makeAddresses(yield* Emails)
  const lists = yield* Effect.all(
    [
      missedOf("the search for users", searched),
      missedOf("the members of groups", members),
      Effect.as(addresses.readOrganization, []),
    ],
    { concurrency: "unbounded" },
  )
  const [refused, failed] = [true, false].map((is) => lists.flat().filter(({ error }) => isRefusal(error) === is))
  for (const { name, error } of refused!) {
    yield* reporter.log(
      "WARN",
      `users: ${name} cannot be read, so accounts that no row names are left out. ${error.message}`,
    )
  }
  if (odd > 0) yield* run.tellOdd(odd)
  const all = new Set(ids)
  for (const id of addresses.people()) all.add(id)
  yield* addresses.readCsv(all)
  const beside: KnownBeside = { isNamed: (id) => ids.has(id), withEmail: addresses.withEmail }
  const batches = batchesOf([...all].sort(), MOST_IDS)
  const unknown = yield* readBatches(
    batches,
    (id) => `the account ${id}`,
    (batch, isPart) => lookUp(run, batch, beside, isPart),
  )
  const missed = [...failed!, ...unknown]
  const unread = missed.length > 0 ? [partsUnread("users", "some accounts", missed)] : []
  yield* addresses.failWith(unread)
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
