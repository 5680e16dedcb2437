/** How the site's spaces and groups are listed. */
import { Effect } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { type List, type Query, type Row, eachPage } from "../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"
import type { SpaceFacts } from "./Scope.ts"

/** What of a space or group others need; the rows themselves may be large. */
export type Entry = Pick<Row, "id" | "name" | "status" | "key" | "type">

export const entryOf = ({ id, name, status, key, type }: Row): Entry => ({ id, name, status, key, type })

/** A space as the list of spaces shows it. */
export interface Space extends SpaceFacts {
  readonly id: string
  readonly name: string
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

export const spaceOf = ({ id, name, status, key, type }: Partial<Entry>): Space => ({
  id: String(id),
  key: textOf(key) ?? "",
  name: textOf(name) ?? "",
  type: textOf(type),
  status: textOf(status),
})

export type Entries = ReadonlyArray<Entry>
export interface Directory {
  readonly entries: Entries
  /** Those that came without their id, by which other lists are asked for. */
  readonly withoutId: Entries
}
export type Listed = Effect.Effect<Directory, ConfluenceError, ConfluenceClient>
export type DirectoryList = "spaces" | "groups"

export const SPACES: Endpoint = { path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] }
export const GROUPS: Endpoint = {
  path: "/wiki/rest/api/group",
  scopes: [["read:confluence-groups"], ["read:group:confluence"]],
}
/** Doubt: whether `/spaces` without a status lists archived spaces too. Both are asked for by name. */
export const SPACE_STATUSES = ["current", "archived"] as const

/** The credential may read content without being allowed to list spaces. */
export const refusesSpaces = ({ _tag }: ConfluenceError): boolean => _tag === "Forbidden" || _tag === "ScopeMissing"

/** Whether other lists can be asked for what an entry names. */
const hasId = ({ id }: Row): boolean => (typeof id === "string" && id !== "") || Number.isSafeInteger(id)

/** Reads the list anew each time that it is run: once more where an entry came without its id. */
const readWhole = (list: List): Listed => {
  const once: Listed = Effect.suspend(() => {
    const entries = new Map<unknown, Entry>()
    const withoutId: Array<Entry> = []
    const keep = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() =>
        rows.forEach((row) => (hasId(row) ? entries.set(row["id"], entryOf(row)) : withoutId.push(entryOf(row)))),
      )
    return Effect.map(eachPage(list, keep, { oddAsRows: true }), () => ({ entries: [...entries.values()], withoutId }))
  })
  return Effect.flatMap(once, (listed) => (listed.withoutId.length === 0 ? Effect.succeed(listed) : once))
}

export const spacesList = (query: Query): List => ({
  path: SPACES.path,
  query,
  paging: "cursor",
  limit: 250,
  stream: "spaces",
  scope: scopeNames(SPACES),
})

export const readSpaces: Listed = Effect.forEach(
  SPACE_STATUSES,
  (status) => readWhole(spacesList([["status", status]])),
  {
    concurrency: "unbounded",
  },
).pipe(
  Effect.map((lists) => ({
    entries: lists.flatMap(({ entries }) => entries),
    withoutId: lists.flatMap(({ withoutId }) => withoutId),
  })),
)

export const readGroups: Listed = readWhole({
  path: GROUPS.path,
  query: [],
  paging: "offset",
  limit: 200,
  stream: "groups",
  scope: scopeNames(GROUPS),
})
