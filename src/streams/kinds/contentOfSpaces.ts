/** The kind of streams that are content which lives in spaces: listed by space, found by ids. */
import { Effect } from "effect"
import type { Query, Row } from "../../confluence/Listing.ts"
import { scopeNames } from "../../confluence/scopes.ts"
import type { FilteredKind, Scope } from "../../site/Scope.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import { SPACES } from "../../site/siteLists.ts"
import { sendAdmitted } from "../../sync/admission.ts"
import { Contents } from "../../sync/Contents.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { goneById } from "../../sync/gone.ts"
import type { ContentList } from "../../sync/listOfSpaces.ts"
import { type ById, eachLive } from "../../sync/LookUp.ts"
import { readNamed } from "../../sync/named.ts"
import { type Pass, partsBelow, scanOf } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import { readContentOfSpaces } from "../../sync/SpaceGroups.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import type { Walk } from "../../sync/Walk.ts"
import { type Facts, type ListFacts, ONE_ROW, bodyQuery, definition, newestFirst } from "./lists.ts"

/** A list by the status of its rows, and what names its parts in the state. */
interface Selection {
  readonly name: string
  readonly query: Query
}

/** The lists that hold what the filters let in, by status: each is asked for one status, or for those it gives by itself. */
const selectionsOf = (usual: Query, kind: FilteredKind, scope: Scope): ReadonlyArray<Selection> => {
  const statuses = scope.statuses(kind)
  const isNarrow = kind === "page" && !statuses.includes("archived")
  return [
    { name: "", query: isNarrow ? [["status", "current"]] : usual },
    ...(statuses.includes("trashed") ? [{ name: "trashed", query: [["status", "trashed"]] as const }] : []),
  ]
}

/** Content that lives in spaces, and can be listed by them and found by its ids. */
export const contentOfSpaces = (
  facts: Facts & ListFacts & { readonly filteredAs: FilteredKind; readonly row: (row: Row) => Row },
): StreamDefinition => {
  const { row, query: usual = [], ...rest } = facts
  const { endpoint, name: stream, filteredAs } = facts
  const { path } = endpoint
  const scope = scopeNames(endpoint)
  const whole = { path, scope, stream }
  // Asked for by their ids, in the trash too, rows have no other status to be selected by.
  const bare: ById = { ...whole, query: usual.filter(([parameter]) => parameter !== "status") }
  const selections = Effect.map(Settings, (settings) => selectionsOf(usual, filteredAs, settings.scope))
  /** The lists that find by its id what is live, with bodies; also what the filters leave out for its status, to tell that. */
  const live = Effect.fnUntraced(function* (run: StreamRun) {
    const body = yield* bodyQuery(scanOf(run))
    return (yield* selections).map(({ name, query }): ById => ({
      path,
      scope,
      stream,
      query: name === "" ? usual : query,
      body,
    }))
  })
  const find = Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>) {
    const found: Array<Row> = []
    const keep = (rows: ReadonlyArray<Row>) => Effect.sync(() => void found.push(...rows))
    yield* eachLive(yield* live(run), ids, keep, run.changes!.lost)
    return found
  })
  const read = Effect.fnUntraced(function* (pass: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
    const contents = yield* Contents
    const body = yield* bodyQuery(pass)
    yield* contents.prepare(stream, filteredAs)
    const named = contents.named(filteredAs)
    for (const { name, query } of yield* selections) {
      const list: ContentList = { path, query, body, scope, row, find }
      const part = name === "" ? pass : { ...pass, parts: partsBelow(pass.parts, name) }
      yield* named === undefined ? readContentOfSpaces(part, list) : readNamed(part, list, named)
    }
  })
  const newest = Effect.fnUntraced(function* (
    pass: Pass,
  ): Effect.fn.Return<ReadonlyArray<Walk>, ReadFailure, ReadServices> {
    const body = yield* bodyQuery(pass)
    const contents = yield* Contents
    const spaces = yield* contents.spaces.toName
    if (spaces?.length === 0) return []
    const several = yield* SiteDirectory.use(({ severalValues }) =>
      spaces === undefined ? Effect.succeed(undefined) : severalValues,
    )
    const within = several === undefined || spaces!.length > several.most ? [] : several.query("space-id", spaces!)
    return (yield* selections).map(({ name, query }): Walk => ({
      id: name === "" ? "newest" : `newest ${name}`,
      list: newestFirst({ ...whole, query: [...query, ...within], body }),
      row,
      find,
    }))
  })
  return {
    ...definition({ ...rest, query: usual }, read),
    syncModes: ["full_refresh", "incremental"],
    endpoints: [endpoint, { ...endpoint, path: `${path}/{id}` }, SPACES],
    probes: [
      { endpoint, query: [...usual, ONE_ROW] },
      {
        endpoint: SPACES,
        query: [ONE_ROW],
        without: "spaces cannot be listed, so the content of archived spaces may be left out",
      },
    ],
    changes: {
      newest,
      fetch: Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>) {
        const send = (rows: ReadonlyArray<Row>) => sendAdmitted(run, rows.map(row))
        return yield* eachLive(yield* live(run), ids, send, run.changes!.lost)
      }),
      gone: (run, ids) => Effect.flatMap(live(run), (lists) => goneById(run, lists, bare, row, ids)),
    },
  }
}
