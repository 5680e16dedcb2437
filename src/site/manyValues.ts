/** How several values of one query parameter are asked for, and how many. */
import { Effect } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { type List, type Query, readPage } from "../confluence/Listing.ts"
import { type Entries, SPACE_STATUSES, readSpaces, spacesList } from "./siteLists.ts"

/** How the site takes several values of one query parameter. */
export interface SeveralValues {
  readonly query: (name: string, values: ReadonlyArray<string>) => Query
  /** Most values that may be asked for at once. */
  readonly most: number
}

export const REPEATED: SeveralValues = {
  query: (name, values) => values.map((value) => [name, value] as const),
  most: Number.POSITIVE_INFINITY,
}
const COMMA_SEPARATED: SeveralValues = {
  query: (name, values) => [[name, values.join(",")]],
  most: Number.POSITIVE_INFINITY,
}
const ONE_ONLY: SeveralValues = { ...REPEATED, most: 1 }

/** The most that the `space-id` parameter of v2's lists takes. */
export const MOST_SPACES = 100
/** The most ids that a request takes. */
export const MOST_IDS = 250

/** So often the spaces are listed anew because some have vanished. */
const MOST_LOOKS = 3

/** Which forms a list takes without refusing them, and the first that finds all the ids that are known to be there. */
const formsOf = Effect.fnUntraced(function* (list: (query: Query) => List, name: string, known: ReadonlyArray<string>) {
  // With one it is named twice, with none two that are not there: the form that is not taken is refused all the same.
  const two = known.length === 0 ? ["1", "2"] : known.length === 1 ? [...known, ...known] : known
  const taken: Array<SeveralValues> = []
  for (const form of [REPEATED, COMMA_SEPARATED]) {
    const page = yield* readPage(list(form.query(name, two)), undefined, 2, {
      priority: Number.POSITIVE_INFINITY,
    }).pipe(
      // Only a refusal of the very question is an answer to it. A site that cannot be reached has said nothing of the form.
      Effect.catchTag("BadRequest", () => Effect.succeed(undefined)),
    )
    if (page === undefined) continue
    taken.push(form)
    if (known.every((id) => page.rows.some((row) => String(row["id"]) === id))) return { taken, proved: form }
  }
  return { taken, proved: undefined }
})

/** Two spaces that one request finds, of the same status, as the list has no other unless that is named; one, where no two are alike. */
const tellingOf = (spaces: Entries) => {
  const [most] = SPACE_STATUSES.map((status) => ({
    status,
    known: spaces.flatMap((space) => (space.status === status ? String(space.id) : [])).slice(0, 2),
  })).toSorted((one, other) => other.known.length - one.known.length)
  return most!
}

/**
 * Doubt: the documents describe lists of values as comma-separated and declare them as repeated parameters. Two spaces that
 * are known to be there tell which of the two this site takes.
 */
export const findSeveralValues = Effect.fnUntraced(function* (
  spaces: Entries,
  looks: number,
): Effect.fn.Return<SeveralValues, ConfluenceError, ConfluenceClient> {
  const { status, known } = tellingOf(spaces)
  const named = (query: Query) => spacesList([["status", status], ...query])
  const { taken, proved } = yield* formsOf(named, "ids", known)
  if (proved !== undefined) return proved
  // The spaces may have gone away since they were listed, or been archived: then others tell. Where they are there and not both
  // are found, the site takes but one value.
  const { entries: now } = yield* readSpaces
  const there = known.every((id) => now.some((space) => String(space.id) === id && space.status === status))
  if (!there && looks < MOST_LOOKS) return yield* findSeveralValues(now, looks + 1)
  return !there && taken.length === 1 ? taken[0]! : ONE_ONLY
})

/** The same for who may not list spaces: two pages tell. */
export const findByPages = Effect.gen(function* () {
  const pages = (query: Query): List => ({
    path: "/wiki/api/v2/pages",
    query,
    paging: "cursor",
    limit: 2,
    stream: "pages",
    scope: "read:page:confluence",
  })
  const { rows } = yield* readPage(pages([]), undefined, 2)
  if (rows.length < 2) return ONE_ONLY
  const { proved } = yield* formsOf(
    pages,
    "id",
    rows.map((row) => String(row["id"])),
  )
  return proved ?? ONE_ONLY
}).pipe(Effect.catchTag(["Forbidden", "ScopeMissing", "NotFound"], () => Effect.succeed(ONE_ONLY)))
