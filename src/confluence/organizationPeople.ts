/**
 * The people of an Atlassian organization, from its administration API: who they are, and their e-mail addresses.
 *
 * There are three lists, and an organization answers some of them: the search in its directories, the older list of these, which
 * Atlassian ends on 2027-06-30, and the list of its managed accounts, which lacks everybody whose address is of another domain. They
 * are asked in this order, until one tells addresses. Doubt: which of them an organization without the new user management answers
 * (400 `ADMIN-400-4` has been seen, and 404), and whether `links.next` is a cursor or an address with one.
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

interface Way {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly position: (cursor: string | undefined) => Pick<ExchangeRequest, "query" | "body">
}

const cursorQuery = (cursor: string | undefined) => (cursor === undefined ? [] : [["cursor", cursor] as const])

// "-" stands for all directories of the organization.
const waysOf = (id: string): ReadonlyArray<Way> => [
  {
    method: "POST",
    path: `/admin/v2/orgs/${id}/directories/-/users/search`,
    position: (cursor) => ({ query: [], body: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } }),
  },
  {
    method: "GET",
    path: `/admin/v2/orgs/${id}/directories/-/users`,
    position: (cursor) => ({ query: [["limit", `${PAGE}`], ...cursorQuery(cursor)] }),
  },
  { method: "GET", path: `/admin/v1/orgs/${id}/users`, position: (cursor) => ({ query: cursorQuery(cursor) }) },
]

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

const pageOf = Effect.fnUntraced(function* (ask: Ask, admin: string, way: Way, cursor: string | undefined) {
  const { body } = yield* ask({
    method: way.method,
    base: admin,
    path: way.path,
    ...way.position(cursor),
    authorized: true,
    stream: "users",
    mostTries: TRIES,
  })
  const rows: unknown = isRecord(body) ? body["data"] : undefined
  if (!Array.isArray(rows)) return yield* noList(way.path, 'no "data"')
  const links: unknown = isRecord(body) ? body["links"] : undefined
  return { people: rows.flatMap(personOf), next: cursorIn(isRecord(links) ? links["next"] : undefined) }
})

/** Goes through one list, from its first page on; true where it has told an address. */
const goThrough = Effect.fnUntraced(function* (
  ask: Ask,
  admin: string,
  way: Way,
  first: { readonly people: ReadonlyArray<Person>; readonly next: string | undefined },
  take: (people: ReadonlyArray<Person>) => void,
) {
  const seen = new Set<string>()
  let tells = false
  for (let page = first; ; page = yield* pageOf(ask, admin, way, page.next)) {
    take(page.people)
    tells ||= page.people.some(({ email }) => email !== undefined)
    if (page.next === undefined) return tells
    if (seen.has(page.next)) return yield* cursorLoop(way.path)
    seen.add(page.next)
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
  const refusals: Array<ConfluenceError> = []
  const ways = waysOf(encodeURIComponent(id))
  for (const way of ways) {
    const first = yield* Effect.result(pageOf(ask, admin, way, undefined))
    if (Result.isFailure(first)) {
      if (!isRefusal(first.failure)) return yield* Effect.fail(first.failure)
      refusals.push(first.failure)
      continue
    }
    const { people, next } = first.success
    const tells = yield* goThrough(ask, admin, way, { people, next: firstPageAlone ? undefined : next }, take)
    if (tells) return
  }
  if (refusals.length < ways.length) return
  refusals.sort((one, other) => REFUSALS.indexOf(one._tag) - REFUSALS.indexOf(other._tag))
  return yield* Effect.fail(refusals[0]!)
})
