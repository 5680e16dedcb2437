/**
 * The short lists that other lists are read by: the site's spaces and groups.
 *
 * Each is read at most once in a sync: by its own stream where that is configured, else on first use.
 */
import { Context, Deferred, Effect, Layer } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { eachPage, type List, type Query, readPage, type Row } from "../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"

/** What of a space or group others need; the rows themselves may be large. */
export type Entry = Pick<Row, "id" | "name" | "status">

export const entryOf = ({ id, name, status }: Row): Entry => ({ id, name, status })

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

type Entries = ReadonlyArray<Entry>
type Listed = Effect.Effect<Entries, ConfluenceError, ConfluenceClient>
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

/** Reads the list anew each time that it is run. */
const readWhole = (list: List): Listed =>
  Effect.suspend(() => {
    const entries = new Map<unknown, Entry>()
    const keep = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => rows.forEach((row) => entries.set(row["id"], entryOf(row))))
    return Effect.map(eachPage(list, keep), () => [...entries.values()])
  })

const spacesList = (query: Query): List => ({
  path: SPACES.path,
  query,
  paging: "cursor",
  limit: 250,
  stream: "spaces",
  scope: scopeNames(SPACES),
})

const readSpaces: Listed = Effect.forEach(SPACE_STATUSES, (status) => readWhole(spacesList([["status", status]])), {
  concurrency: "unbounded",
}).pipe(Effect.map((lists) => lists.flat()))

const readGroups: Listed = readWhole({
  path: GROUPS.path,
  query: [],
  paging: "offset",
  limit: 200,
  stream: "groups",
  scope: scopeNames(GROUPS),
})

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

/**
 * Doubt: the documents describe lists of values as comma-separated and declare them as repeated parameters. Two spaces that
 * are known to be there tell which of the two this site takes.
 */
const findSeveralValues = Effect.fnUntraced(function* (
  spaces: Entries,
  looks: number,
): Effect.fn.Return<SeveralValues, ConfluenceError, ConfluenceClient> {
  const known = spaces.slice(0, 2).map((space) => String(space.id))
  const { taken, proved } = yield* formsOf(spacesList, "ids", known)
  if (proved !== undefined) return proved
  // The spaces may have gone away since they were listed: then others tell. Where they are there and not both are found, the
  // site takes but one value.
  const now = yield* readSpaces
  const there = known.every((id) => now.some((space) => String(space.id) === id))
  if (!there && looks < MOST_LOOKS) return yield* findSeveralValues(now, looks + 1)
  return !there && taken.length === 1 ? taken[0]! : ONE_ONLY
})

/** The same for who may not list spaces: two pages tell. */
const findByPages = Effect.gen(function* () {
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

export class SiteDirectory extends Context.Service<
  SiteDirectory,
  {
    /** All spaces, current and archived, that the credential sees. */
    readonly spaces: Listed
    /** The same, read anew: for when a space seems to have vanished. */
    readonly spacesNow: Listed
    readonly groups: Listed
    readonly groupsNow: Listed
    readonly severalValues: Effect.Effect<SeveralValues, ConfluenceError, ConfluenceClient>
    /** Says that the list's own stream is about to be read in full, so that others wait for it instead of asking too. */
    readonly expect: (list: DirectoryList) => Effect.Effect<void>
    /** Hands over what the list's own stream has read; undefined where it did not get to the end. */
    readonly provide: (list: DirectoryList, entries: Entries | undefined) => Effect.Effect<void>
  }
>()("source-confluence/SiteDirectory") {
  static readonly layer: Layer.Layer<SiteDirectory> = Layer.effect(SiteDirectory)(
    Effect.gen(function* () {
      const expected = new Map<DirectoryList, Deferred.Deferred<Entries | undefined>>()
      const listed = (name: DirectoryList, own: Listed) =>
        Effect.cached(
          Effect.suspend(() => {
            const deferred = expected.get(name)
            if (deferred === undefined) return own
            return Deferred.await(deferred).pipe(
              Effect.flatMap((entries) => (entries === undefined ? own : Effect.succeed(entries))),
            )
          }),
        )
      const spaces = yield* listed("spaces", readSpaces)
      return {
        spaces,
        spacesNow: readSpaces,
        groupsNow: readGroups,
        groups: yield* listed("groups", readGroups),
        severalValues: yield* Effect.cached(
          spaces.pipe(
            Effect.matchEffect({
              onSuccess: (entries) => findSeveralValues(entries, 1),
              onFailure: (error) => (refusesSpaces(error) ? findByPages : Effect.fail(error)),
            }),
          ),
        ),
        expect: (list) => Effect.sync(() => void expected.set(list, Deferred.makeUnsafe())),
        provide: (list, entries) =>
          Effect.suspend(() => {
            const deferred = expected.get(list)
            return deferred === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(deferred, entries))
          }),
      }
    }),
  )
}
