/**
 * Which of what a label's list shows is content of the stream: what is live, and let in by the filters.
 *
 * Doubt: whether such a list shows what is in the trash. Pages and blog posts say so in their rows; of files that hang on them these are
 * asked.
 */
import { Effect } from "effect"
import type { Row } from "../../confluence/Listing.ts"
import { containerOf } from "../../site/containers.ts"
import { Contents } from "../../sync/Contents.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { type Pass, takeAsGiven } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import { type LiveContainers, isLive } from "../LiveContainers.ts"
import { type Label, type Labelled, rowOf } from "./lists.ts"

const hasId = ({ id }: Row): boolean => typeof id === "string" && id !== ""

/** What the filters let in: what hangs on content that is live and let in, or is such content. */
const letIn = (stream: string, kind: Labelled, rows: ReadonlyArray<Row>) =>
  Effect.gen(function* () {
    const contents = yield* Contents
    const asked = { stream, filteredAs: "container", isKnown: () => false, isSettled: false } as const
    const verdicts = yield* contents.admit(
      asked,
      rows.map((row) => ({
        id: row["id"],
        ...(kind === "attachment" ? containerOf(row) : { containerType: kind, containerId: row["id"] }),
      })),
    )
    return rows.filter((_, at) => verdicts[at] === "in")
  })

/** Takes a page of what carries a label. */
export const takeCarriers = Effect.fnUntraced(function* (
  pass: Pass,
  live: LiveContainers,
  kind: Labelled,
  label: Label,
  rows: ReadonlyArray<Row>,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { scope } = yield* Settings
  const shown = rows.filter((row) => hasId(row) && isLive(row["status"]))
  const isJudged = kind === "attachment" || !scope.isEverything
  const mine =
    !isJudged || shown.length === 0
      ? shown
      : yield* scope.isEverything ? live.of(shown) : letIn(pass.run.facts.name, kind, shown)
  // What came without its id is told of.
  const odd = rows.filter((row) => !hasId(row))
  yield* takeAsGiven(
    pass,
    [...mine, ...odd].map((row) => rowOf(kind, row["id"], label.id, label.told)),
  )
})
