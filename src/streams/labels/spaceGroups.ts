/** The spaces that a label's lists have to name, so that together they show all that carries the label. */
import { Effect } from "effect"
import { type List, type Query, readPage } from "../../confluence/Listing.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import type { Missed } from "../../site/Accounts.ts"
import { LISTED_CONTAINERS } from "../../site/containers.ts"
import { MOST_SPACES, type SeveralValues } from "../../site/manyValues.ts"
import type { FilteredKind } from "../../site/Scope.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import { refusesSpaces, spaceOf } from "../../site/siteLists.ts"
import { unaskedEntry } from "../../site/unasked.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { batchesOf, idOf } from "../../sync/LookUp.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"

/** For each kind the lists to read: by the spaces that they name, undefined = none. */
export interface SpaceGroups {
  readonly several: SeveralValues
  /** Spaces that lists which name spaces leave out. */
  readonly unasked: ReadonlyArray<Missed>
  readonly groups: Readonly<Record<FilteredKind, ReadonlyArray<ReadonlyArray<string> | undefined>>>
}

const SOME = 25

/**
 * Whether the lists that name no space leave out what lies in these archived ones: a content of theirs is looked for by its id. No, where
 * there is none.
 */
const leavesOut = Effect.fnUntraced(function* (
  stream: string,
  kind: FilteredKind,
  several: SeveralValues,
  groups: ReadonlyArray<ReadonlyArray<string>>,
): Effect.fn.Return<boolean, ReadFailure, ReadServices> {
  const { path, scope } = LISTED_CONTAINERS[kind]
  const list = (query: Query): List => ({ path, query, paging: "cursor", limit: SOME, stream, scope })
  let isOpen = false
  for (const group of groups) {
    const { rows, next } = yield* readPage(list(several.query("space-id", group)), undefined, SOME)
    const [row] = rows
    if (row !== undefined) {
      const found = yield* readPage(list(several.query("id", [idOf(row)])), undefined, 1)
      return found.rows.length === 0
    }
    // What the account does not see has taken the room of what it does.
    isOpen ||= next !== undefined
  }
  return isOpen
})

const NO_SPACES = { page: [undefined], blogpost: [undefined] } as const

/**
 * Doubt: whether lists that name no space hold the content of archived ones. Where there are any, the lists name all spaces that are let
 * in, if that is one request; else the archived ones are named in lists of their own, if they have to.
 */
export const spaceGroups = Effect.fnUntraced(function* (
  stream: string,
): Effect.fn.Return<SpaceGroups, ReadFailure, ReadServices> {
  const directory = yield* SiteDirectory
  const { scope } = yield* Settings
  const several = yield* directory.severalValues
  const listed = yield* Effect.result(directory.spaces)
  if (listed._tag === "Failure") {
    if (scope.narrowsSpaces || !refusesSpaces(listed.failure)) return yield* listed.failure
    const reporter = yield* Reporter
    yield* reporter.log(
      "WARN",
      `${stream}: the spaces cannot be listed, so the content of archived spaces may be left out. ${listed.failure.message}`,
    )
    return { several, unasked: [], groups: NO_SPACES }
  }
  const most = Math.min(MOST_SPACES, several.most)
  const spaces = scope.spaces(listed.success.map(spaceOf))
  const archived = spaces.filter(({ status }) => status === "archived").map(idOf)
  const isNamed = scope.narrowsSpaces || archived.length > 0
  if (isNamed && spaces.length <= most) {
    const all = spaces.length === 0 ? [] : [spaces.map(idOf)]
    const withoutId = scope.spaces((yield* directory.withoutId("spaces")).map(spaceOf))
    const unasked = withoutId.map((space) => unaskedEntry("spaces", space))
    return { several, unasked, groups: { page: all, blogpost: all } }
  }
  if (archived.length === 0) return { several, unasked: [], groups: NO_SPACES }
  const own = batchesOf(archived, most)
  const groupsOf = (kind: FilteredKind) =>
    Effect.map(leavesOut(stream, kind, several, own), (isLeftOut) => [undefined, ...(isLeftOut ? own : [])])
  return { several, unasked: [], groups: { page: yield* groupsOf("page"), blogpost: yield* groupsOf("blogpost") } }
})
