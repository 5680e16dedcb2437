/**
 * The people of an Atlassian organization, from its administration API: who they are, and their e-mail addresses.
 *
 * An organization answers some of these lists: the search in all its directories, the older list of these, which Atlassian ends on
 * 2027-06-30, that of each directory by itself, and the list of its managed accounts, which lacks everybody whose address is of
 * another domain. They are asked in this order, until one tells addresses. Doubt: which of them an organization without the new user
 * management answers (400 `ADMIN-400-4` has been seen, and 404), and whether `links.next` is a cursor or an address with one.
 */
import { Effect, Result } from "effect"
import { isRecord } from "../json.ts"
import type { ConfluenceError } from "./errors.ts"
import type { ApiResponse, ExchangeRequest } from "./Exchange.ts"
import { cursorLoop, noList } from "./Listing.ts"

export interface Person {
  readonly accountId: string
  /** Undefined where the organization does not tell it. */
  readonly email: string | undefined
}

export interface OrganizationPlace {
  /** The origin of the administration API. */
  readonly admin: string
  readonly id: string
}

/** Most that the lists give in one answer; that of managed accounts decides itself. */
const PAGE = 100
/** Tries of a request that is not answered well: the addresses are not worth holding up a sync for minutes. */
const TRIES = 4

interface List {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly position: (cursor: string | undefined) => Pick<ExchangeRequest, "query" | "body">
}

const cursorQuery = (cursor: string | undefined) => (cursor === undefined ? [] : [["cursor", cursor] as const])

/** Stands for all directories of the organization in the place of one's id. */
const ALL = "-"

const searchOf = (organization: string): List => ({
  method: "POST",
  path: `/admin/v2/orgs/${organization}/directories/${ALL}/users/search`,
  position: (cursor) => ({ query: [], body: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } }),
})

const directoryOf = (organization: string, directory: string): List => ({
  method: "GET",
  path: `/admin/v2/orgs/${organization}/directories/${directory}/users`,
  position: (cursor) => ({ query: [["limit", `${PAGE}`], ...cursorQuery(cursor)] }),
})

const directoriesOf = (organization: string): List => ({
  method: "GET",
  path: `/admin/v2/orgs/${organization}/directories`,
  position: (cursor) => ({ query: cursorQuery(cursor) }),
})

const managedOf = (organization: string): List => ({
  method: "GET",
  path: `/admin/v1/orgs/${organization}/users`,
  position: (cursor) => ({ query: cursorQuery(cursor) }),
})

/** The position that a next link names: the cursor itself, or that in an address, whose host is never asked. */
const cursorIn = (next: unknown): string | undefined => {
  if (typeof next !== "string" || next === "") return undefined
  const query = /[?&]cursor=/.test(next) ? next.slice(next.indexOf("?") + 1) : undefined
  return query === undefined ? next : (new URLSearchParams(query).get("cursor") ?? undefined)
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const personOf = (row: unknown): ReadonlyArray<Person> => {
  if (!isRecord(row)) return []
  const accountId = textOf(row["accountId"]) ?? textOf(row["account_id"])
  const email = textOf(row["email"])
  return accountId === undefined ? [] : [{ accountId, email: email?.includes("@") === true ? email : undefined }]
}

/** Another list may be there for a key and an organization for which this one is not. */
const isRefusal = ({ _tag }: ConfluenceError): boolean => REFUSALS.includes(_tag)

/** The refusals, that which says most of what is wrong first. */
const REFUSALS: ReadonlyArray<ConfluenceError["_tag"]> = [
  "CredentialsRejected",
  "Forbidden",
  "ScopeMissing",
  "NotLicensed",
  "NotFound",
  "BadRequest",
  "EndpointRemoved",
]

export type Ask = (request: ExchangeRequest) => Effect.Effect<ApiResponse, ConfluenceError>

const pageOf = Effect.fnUntraced(function* (ask: Ask, admin: string, list: List, cursor: string | undefined) {
  const { body } = yield* ask({
    method: list.method,
    base: admin,
    path: list.path,
    ...list.position(cursor),
    authorized: true,
    stream: "users",
    mostTries: TRIES,
  })
  const rows: unknown = isRecord(body) ? body["data"] : undefined
  if (!Array.isArray(rows)) return yield* noList(list.path, 'no "data"')
  const links: unknown = isRecord(body) ? body["links"] : undefined
  return { rows: rows as ReadonlyArray<unknown>, next: cursorIn(isRecord(links) ? links["next"] : undefined) }
})

/** Hands over the rows of a list, page by page, from its beginning to its end. */
const eachPage = Effect.fnUntraced(function* (
  ask: Ask,
  admin: string,
  list: List,
  take: (rows: ReadonlyArray<unknown>) => void,
  firstAlone: boolean,
) {
  const seen = new Set<string>()
  for (let cursor: string | undefined; ;) {
    const { rows, next } = yield* pageOf(ask, admin, list, cursor)
    take(rows)
    if (next === undefined || firstAlone) return
    if (seen.has(next)) return yield* cursorLoop(list.path)
    seen.add(next)
    cursor = next
  }
})

/**
 * Hands over the people of an organization, page by page, some of them perhaps twice. `firstPageAlone`: to see whether it can be
 * read.
 */
export const organizationPeople = Effect.fnUntraced(function* (
  ask: Ask,
  { admin, id }: OrganizationPlace,
  take: (people: ReadonlyArray<Person>) => void,
  firstPageAlone = false,
): Effect.fn.Return<void, ConfluenceError> {
  const organization = encodeURIComponent(id)
  let opened = false
  let tells = false
  const people = (list: List) =>
    eachPage(
      ask,
      admin,
      list,
      (rows) => {
        opened = true
        const some = rows.flatMap(personOf)
        tells ||= some.some(({ email }) => email !== undefined)
        take(some)
      },
      firstPageAlone,
    )
  const eachDirectory = Effect.gen(function* () {
    const directories: Array<string> = []
    const note = (row: unknown) => {
      const directory = isRecord(row) ? (textOf(row["directoryId"]) ?? textOf(row["id"])) : undefined
      if (directory !== undefined) directories.push(encodeURIComponent(directory))
    }
    yield* eachPage(ask, admin, directoriesOf(organization), (rows) => rows.forEach(note), false)
    for (const directory of directories) yield* people(directoryOf(organization, directory))
  })
  const ways = [
    people(searchOf(organization)),
    people(directoryOf(organization, ALL)),
    eachDirectory,
    people(managedOf(organization)),
  ]
  const refusals: Array<ConfluenceError> = []
  for (const way of ways) {
    opened = false
    const result = yield* Effect.result(way)
    if (Result.isSuccess(result)) {
      if (tells) return
      continue
    }
    // What refuses to go on has people whom another list may lack.
    if (opened || !isRefusal(result.failure)) return yield* Effect.fail(result.failure)
    refusals.push(result.failure)
  }
  if (refusals.length < ways.length) return
  refusals.sort((one, other) => REFUSALS.indexOf(one._tag) - REFUSALS.indexOf(other._tag))
  return yield* Effect.fail(refusals[0]!)
})
