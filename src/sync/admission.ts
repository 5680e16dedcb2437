/** What the filters let in of a stream's rows, before they are judged or sent. */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { DeletionReason } from "./Changes.ts"
import { Contents } from "./Contents.ts"
import type { ReadFailure } from "./failures.ts"
import type { ReadServices } from "./readServices.ts"
import { Settings } from "./services.ts"
import type { StreamRun } from "./StreamRun.ts"
import type { Verdict } from "./verdicts.ts"

/** What the filters say of each row; undefined where no filter concerns the stream. */
const judged = (
  run: StreamRun,
  rows: ReadonlyArray<Row>,
): Effect.Effect<ReadonlyArray<Verdict> | undefined, ReadFailure, ReadServices> =>
  Effect.gen(function* () {
    const { scope } = yield* Settings
    const { filteredAs, name } = run.facts
    if (scope.isEverything || filteredAs === undefined || rows.length === 0) return undefined
    const contents = yield* Contents
    const isSettled = run.changes?.otherScope === false
    return yield* contents.admit({ stream: name, filteredAs, isKnown: isKnownTo(run), isSettled }, rows)
  })

const isKnownTo = (run: StreamRun) => (id: string) => run.changes?.index.get(id) !== undefined

/** The rows that are let in. */
export const letIn = (
  run: StreamRun,
  rows: ReadonlyArray<Row>,
): Effect.Effect<ReadonlyArray<Row>, ReadFailure, ReadServices> =>
  Effect.map(judged(run, rows), (verdicts) =>
    verdicts === undefined ? rows : rows.filter((_, at) => verdicts[at] === "in"),
  )

/** The rows that are let in. Known ones that are left out are gone from the destination: they get a tombstone at once. */
export const admitted = (
  run: StreamRun,
  rows: ReadonlyArray<Row>,
): Effect.Effect<ReadonlyArray<Row>, ReadFailure, ReadServices> =>
  Effect.gen(function* () {
    const verdicts = yield* judged(run, rows)
    if (verdicts === undefined) return rows
    const isKnown = isKnownTo(run)
    const gone = new Map<string, DeletionReason>()
    verdicts.forEach((verdict, at) => {
      const id = String(rows[at]!["id"])
      if (verdict === "in" || !isKnown(id)) return
      // What cannot be judged stays as it is: the site shows it.
      if (verdict === "unknown") run.changes?.index.markListed(id)
      else gone.set(id, verdict)
    })
    yield* run.bury(gone)
    return rows.filter((_, at) => verdicts[at] === "in")
  })

/** Sends those of some rows that the filters let in, if they are news. */
export const sendAdmitted = (
  run: StreamRun,
  rows: ReadonlyArray<Row>,
): Effect.Effect<void, ReadFailure, ReadServices> => Effect.flatMap(admitted(run, rows), (some) => run.page(some))
