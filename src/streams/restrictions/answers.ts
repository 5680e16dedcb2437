/**
 * What Confluence's v1 API tells of the restrictions of one content. Pure: it reads answers, and asks nobody.
 *
 * Nothing is taken for open that does not say so: a list that is missing, or names somebody without an id, has to be asked for again.
 * A list that is as long as its limit may go on.
 */
import type { Row } from "../../confluence/Listing.ts"
import { isRecord } from "../../json.ts"

/** What can be restricted. `read` comes first: it alone is inherited. */
export const OPERATIONS = ["read", "update"] as const
export type Operation = (typeof OPERATIONS)[number]

const PARTS = ["user", "group"] as const

/** Who is named by a restriction. */
export interface Principal {
  readonly type: (typeof PARTS)[number]
  readonly id: string
  readonly name: string | undefined
}

/** Those whom a content itself names; nobody: it is open. */
export type Restriction = Readonly<Record<Operation, ReadonlyArray<Principal>>>

/** The same text for the same principal. */
export const principalKey = ({ type, id }: Principal): string => `${type} ${id}`

/** Part of those whom one operation names. `next`: how many of each list have come, where there may be more. */
export interface Named {
  readonly principals: ReadonlyArray<Principal>
  readonly next: number | undefined
}

/** Nothing usable has come. */
const UNTOLD: Named = { principals: [], next: 0 }

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const principalOf = (type: Principal["type"], entry: unknown): Principal | undefined => {
  if (!isRecord(entry)) return undefined
  const id = textOf(type === "user" ? entry["accountId"] : entry["id"])
  const name = textOf(type === "user" ? (entry["displayName"] ?? entry["publicName"]) : entry["name"])
  return id === undefined ? undefined : { type, id, name }
}

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined)

/** One list of users or of groups; undefined where it is none. */
const listOf = (type: Principal["type"], list: unknown): Named | undefined => {
  if (!isRecord(list) || !Array.isArray(list["results"])) return undefined
  const principals = list["results"].map((entry) => principalOf(type, entry))
  if (!principals.every((principal) => principal !== undefined)) return undefined
  const limit = numberOf(list["limit"])
  const links = list["_links"]
  const isFull =
    (limit === undefined ? principals.length > 0 : principals.length >= limit) ||
    (isRecord(links) && textOf(links["next"]) !== undefined)
  return { principals, next: isFull ? principals.length : undefined }
}

/** Those whom one operation names, as far as the answer shows them; undefined where it shows something else. */
export const namedIn = (operation: unknown): Named | undefined => {
  const lists = isRecord(operation) ? operation["restrictions"] : undefined
  if (!isRecord(lists)) return undefined
  const both = PARTS.map((part) => listOf(part, lists[part]))
  if (!both.every((named) => named !== undefined)) return undefined
  const nexts = both.flatMap(({ next }) => next ?? [])
  return {
    principals: both.flatMap(({ principals }) => principals),
    // Both lists go on from the same place: the earlier one, so that nobody is passed over.
    next: nexts.length === 0 ? undefined : Math.min(...nexts),
  }
}

/** What is told of both operations. */
export type Told = Readonly<Record<Operation, Named>>

/** A hit of the search with its restrictions; undefined where it came without them. */
export const toldByHit = ({ restrictions }: Row): Told | undefined => {
  if (!isRecord(restrictions)) return undefined
  const read = namedIn(restrictions["read"])
  const update = namedIn(restrictions["update"])
  return read === undefined && update === undefined ? undefined : { read: read ?? UNTOLD, update: update ?? UNTOLD }
}

/** The answer to the question for one content; undefined where it is none. */
export const toldByContent = (body: unknown): Told | undefined => {
  const results = isRecord(body) ? body["results"] : undefined
  if (!Array.isArray(results)) return undefined
  const of = (operation: Operation) =>
    namedIn(results.find((result) => isRecord(result) && result["operation"] === operation)) ?? UNTOLD
  return { read: of("read"), update: of("update") }
}

/** Whether all have come that are named. */
export const isWhole = (told: Told): boolean => OPERATIONS.every((operation) => told[operation].next === undefined)

/** Each principal once. */
export const distinct = (principals: ReadonlyArray<Principal>): ReadonlyArray<Principal> => [
  ...new Map(principals.map((principal) => [principalKey(principal), principal])).values(),
]
