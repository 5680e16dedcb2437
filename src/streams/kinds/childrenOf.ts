/**
 * The kind of streams that are a list for each of many parents: the members of each group, what each space has of its own.
 *
 * A parent that fails costs its own rows, is named, and is asked for again; one that has gone away costs its own rows and nothing
 * else.
 */
import { Effect } from "effect"
import { type List, type Query, type Row, eachPage } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import { type DirectoryList, type Entry, GROUPS, SPACES, spaceOf } from "../../site/siteLists.ts"
import { unaskedEntry } from "../../site/unasked.ts"
import { Contents } from "../../sync/Contents.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { type Parent, readEach, walkParents } from "../../sync/parents.ts"
import { takeAsGiven } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { type Facts, ONE_ROW } from "./lists.ts"

/** What is listed for each parent. */
export interface Children {
  readonly parents: DirectoryList
  /** Its path has one variable part: the parent's id. */
  readonly endpoint: Endpoint
  readonly query?: Query
  readonly paging?: List["paging"]
  readonly limit?: number
  /** Many parents have none. */
  readonly oftenEmpty?: boolean
}

const ENDPOINTS: Readonly<Record<DirectoryList, Endpoint>> = { groups: GROUPS, spaces: SPACES }
/** Ids of nothing, of the right form: `check` asks for the children of these. */
const NOTHING: Readonly<Record<DirectoryList, string>> = { groups: "00000000-0000-0000-0000-000000000000", spaces: "1" }
const CALLED: Readonly<Record<DirectoryList, string>> = { groups: "the group", spaces: "the space" }

const parentOf =
  (kind: DirectoryList) =>
  ({ id, name }: Entry): Parent => ({
    id: String(id),
    name: typeof name === "string" ? `${CALLED[kind]} "${name}" (${String(id)})` : `${CALLED[kind]} ${String(id)}`,
  })

/** All parents; of spaces those that the filters let in. */
const allOf = Effect.fnUntraced(function* (kind: DirectoryList) {
  const entries = yield* (yield* SiteDirectory)[kind]
  const { scope } = yield* Settings
  const letIn = new Set(kind === "spaces" ? scope.spaces(entries.map(spaceOf)).map(({ id }) => id) : undefined)
  const parents = entries.map(parentOf(kind))
  return kind === "spaces" ? parents.filter(({ id }) => letIn.has(id)) : parents
})

/** Those that came without their id: what they have cannot be asked for. */
const unaskedOf = Effect.fnUntraced(function* (kind: DirectoryList) {
  const { scope } = yield* Settings
  const entries = yield* SiteDirectory.use(({ withoutId }) => withoutId(kind))
  return entries
    .filter((entry) => kind === "groups" || scope.spaces([spaceOf(entry)]).length > 0)
    .map((entry) => unaskedEntry(kind, entry))
})

const idsNow = Effect.fnUntraced(function* (kind: DirectoryList) {
  const directory = yield* SiteDirectory
  const entries = yield* kind === "groups" ? directory.groupsNow : directory.spacesNow
  return new Set(entries.map(({ id }) => String(id)))
})

const listOf = (
  { endpoint, query = [], paging = "cursor", limit = 250 }: Children,
  stream: string,
  parent: string,
): List => ({
  path: endpoint.path.replace(/\{[^}]+\}/, () => encodeURIComponent(parent)),
  query,
  paging,
  limit,
  stream,
  scope: scopeNames(endpoint),
})

const optionsOf = ({ oftenEmpty = false }: Children) => ({ oftenEmpty, oddAsRows: true })

/** Reads the children of all parents; those of one and the same parent are handed over in order. Answers what failed. */
export const readChildren = Effect.fnUntraced(function* (
  children: Children,
  stream: string,
  onRows: (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const missed = yield* readEach(yield* allOf(children.parents), {
    read: ({ id }) => eachPage(listOf(children, stream, id), onRows, optionsOf(children)),
    stillThere: () => idsNow(children.parents),
  })
  return [...missed, ...(yield* unaskedOf(children.parents))]
})

/** A stream of the children of all parents. `what` names them in messages, such as `the members`; `row` makes one a row of the stream. */
export const childrenOf = (
  facts: Facts & {
    readonly children: Children
    readonly what: string
    readonly row: (child: Row, parentId: string) => Row
  },
): StreamDefinition => {
  const { children, what, row, ...rest } = facts
  const { parents: kind, endpoint } = children
  return {
    ...rest,
    syncModes: ["full_refresh"],
    endpoints: [endpoint, ENDPOINTS[kind]],
    probes: [
      { endpoint: ENDPOINTS[kind], query: [ONE_ROW] },
      { endpoint, query: [ONE_ROW], nothing: NOTHING[kind] },
    ],
    read: Effect.fnUntraced(function* (pass) {
      const take = (parent: Parent) => (rows: ReadonlyArray<Row>) =>
        takeAsGiven(
          pass,
          rows.map((child) => row(child, parent.id)),
        )
      yield* Contents.use((contents) => contents.prepare(rest.name, rest.filteredAs))
      yield* walkParents(pass, {
        kind,
        what,
        parents: yield* allOf(kind),
        unasked: yield* unaskedOf(kind),
        read: (parent) => eachPage(listOf(children, rest.name, parent.id), take(parent), optionsOf(children)),
        stillThere: () => idsNow(kind),
      })
    }),
  }
}
