/**
 * Custom content: what apps keep in Confluence, of the types that the config names, each of them a list.
 *
 * A type that the site does not know costs itself, with a warning that names it; one that fails costs itself, too, and is asked for again.
 */
import { Effect } from "effect"
import type { Row } from "../../confluence/Listing.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import type { Missed } from "../../site/Accounts.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import { SPACES } from "../../site/siteLists.ts"
import { sendAdmitted } from "../../sync/admission.ts"
import { Contents } from "../../sync/Contents.ts"
import { type ReadFailure, isOfOnePart, partsUnread } from "../../sync/failures.ts"
import { idOf } from "../../sync/LookUp.ts"
import { type Pass, partsBelow } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import { readContentOfSpaces } from "../../sync/SpaceGroups.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import type { Walk } from "../../sync/Walk.ts"
import { goneOfTypes } from "../customContent/gone.ts"
import { byType, eachOfType, eachOfTypes, formsOf } from "../customContent/lists.ts"
import { LISTED, PATH, SCOPE, isUnknownType, noTypes, typesOf } from "../customContent/typesOfRun.ts"
import { ONE_ROW, bodyQuery, newestFirst } from "../kinds/lists.ts"
import { accountsIn, withTimes } from "../rowFacts.ts"

const STREAM = "custom_content"
/** A type that no app brings. */
const NO_TYPE = "ac:source-confluence:none"
/** Rows of all lists together that a look at the newest changes takes where rows cost points. */
const FEW_ROWS = 20

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** The types that the config names. Where it names none, the log says once what to do. */
const configured = Effect.fnUntraced(function* (run: StreamRun) {
  const { customContentTypes } = yield* Settings
  const known = typesOf(run)
  if (customContentTypes.length === 0 && !known.isTold) {
    known.isTold = true
    const reporter = yield* Reporter
    yield* reporter.log("WARN", noTypes(STREAM))
  }
  return customContentTypes
})

/** Finds rows of a type with their bodies by their ids. */
const findOf = (type: string) =>
  Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>) {
    const found: Array<Row> = []
    yield* eachOfType(run, type, ids, (rows) => Effect.sync(() => void found.push(...rows)))
    return found
  })

const readType = Effect.fnUntraced(function* (
  pass: Pass,
  type: string,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { run } = pass
  const usual = yield* bodyQuery(pass)
  yield* readContentOfSpaces(
    { ...pass, parts: partsBelow(pass.parts, encodeURIComponent(type)) },
    {
      path: PATH,
      query: [["type", type]],
      body: usual,
      forms: formsOf(run, type, usual),
      scope: SCOPE,
      row: withTimes,
      find: findOf(type),
      isBeside: true,
      isNothing: (error) => isUnknownType(run, type, error),
    },
  )
})

const read = Effect.fnUntraced(function* (pass: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const types = yield* configured(pass.run)
  if (types.length === 0) return
  yield* Contents.use((contents) => contents.prepare(STREAM, "contained"))
  // How many rows there are is not the sum of what single lists say.
  const own: Pass = types.length === 1 ? pass : { ...pass, sendsAll: false }
  const missed: Array<Missed> = []
  const readOne = (type: string): Reading<void> =>
    Effect.catch(readType(own, type), (error): Reading<void> => {
      if (error._tag === "PartsUnread") return Effect.sync(() => void missed.push(...error.missed))
      if (!isOfOnePart(error)) return Effect.fail(error)
      return Effect.sync(() => void missed.push({ name: `the type "${type}"`, error }))
    })
  yield* Effect.forEach(types, readOne, { concurrency: "unbounded", discard: true })
  if (missed.length > 0) yield* partsUnread(STREAM, "custom content", missed)
})

const newest = Effect.fnUntraced(function* (
  pass: Pass,
): Effect.fn.Return<ReadonlyArray<Walk>, ReadFailure, ReadServices> {
  const { run } = pass
  const types = yield* configured(run)
  if (types.length === 0) return []
  const spaces = yield* Contents.use((contents) => contents.spaces.toName)
  if (spaces?.length === 0) return []
  const several = spaces === undefined ? undefined : yield* SiteDirectory.use(({ severalValues }) => severalValues)
  const within = several === undefined || spaces!.length > several.most ? [] : several.query("space-id", spaces!)
  return types.map((type): Walk => {
    const list = byType(run, type)
    return {
      id: `newest ${encodeURIComponent(type)}`,
      list: newestFirst({ ...list, query: [...list.query, ...within] }),
      row: withTimes,
      isLight: true,
      few: Math.max(2, Math.floor(FEW_ROWS / types.length)),
      onRows: (rows) => Effect.sync(() => typesOf(run).note(type, rows.map(idOf))),
      isNothing: (error) => isUnknownType(run, type, error),
    }
  })
})

export const customContent: StreamDefinition = {
  name: STREAM,
  primaryKey: ["id"],
  syncModes: ["full_refresh", "incremental"],
  endpoints: [LISTED, { ...LISTED, path: `${PATH}/{id}` }, SPACES],
  probes: [
    { endpoint: LISTED, query: [["type", NO_TYPE], ONE_ROW], mayBeAbsent: true, mayBeRefused: true },
    {
      endpoint: SPACES,
      query: [ONE_ROW],
      without: "spaces cannot be listed, so the content of archived spaces may be left out",
    },
  ],
  accountsIn,
  filteredAs: "contained",
  ofTypes: true,
  changes: {
    newest,
    fetch: Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>) {
      return yield* eachOfTypes(run, yield* configured(run), ids, (rows) => sendAdmitted(run, rows))
    }),
    gone: Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>) {
      return yield* goneOfTypes(run, yield* configured(run), ids)
    }),
  },
  read,
}
