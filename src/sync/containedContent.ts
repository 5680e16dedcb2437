/**
 * Which custom content the filters let in: what hangs on a page or blog post goes with that, what hangs on other custom content with
 * what this hangs on, and the rest with its space.
 *
 * Most of what other custom content hangs on has been listed before it, and costs nothing; what has not is looked up.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { type Container, containerKey, containerOf } from "../site/containers.ts"
import type { ReadFailure } from "./failures.ts"
import type { LetInSpaces } from "./LetInSpaces.ts"
import { idOf } from "./LookUp.ts"
import type { AskServices } from "./services.ts"
import { type Verdict, inSpace } from "./verdicts.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, AskServices>

const CUSTOM_CONTENT = "custom-content"
export const customContentKey = (id: string): string => containerKey({ containerType: CUSTOM_CONTENT, containerId: id })

interface Known {
  readonly spaces: LetInSpaces
  readonly verdictOf: (container: Container) => Verdict | undefined
  /** Judges rows by the containers that are named beside them, and looks up those that are not known. */
  readonly admit: (
    rows: ReadonlyArray<Row>,
    containers: ReadonlyArray<Container | undefined>,
  ) => Reading<ReadonlyArray<Verdict>>
  readonly remember: (id: string, verdict: Verdict) => void
}

export const admitContained = Effect.fnUntraced(function* (
  rows: ReadonlyArray<Row>,
  { spaces, verdictOf, admit, remember }: Known,
): Effect.fn.Return<ReadonlyArray<Verdict>, ReadFailure, AskServices> {
  const verdicts = new Map<Row, Verdict>()
  const note = (row: Row, verdict: Verdict) => {
    verdicts.set(row, verdict)
    remember(idOf(row), verdict)
  }
  const isSpaceIn = yield* spaces.of(rows)
  const held = rows.map((row) => ({ row, container: containerOf(row) }))
  for (const { row, container } of held) if (container === undefined) note(row, inSpace(isSpaceIn, row))
  const judge = Effect.fnUntraced(function* (some: typeof held) {
    const judged = yield* admit(
      some.map(({ row }) => row),
      some.map(({ container }) => container),
    )
    for (const [at, { row }] of some.entries()) note(row, judged[at]!)
  })
  const isNested = ({ container }: (typeof held)[number]) => container?.containerType === CUSTOM_CONTENT
  yield* judge(held.filter((each) => each.container !== undefined && !isNested(each)))
  let open = held.filter(isNested)
  while (open.length > 0) {
    const ready = open.filter(({ container }) => verdictOf(container!) !== undefined)
    // Of those that hang on one another here, the outer ones tell of the inner ones.
    const own = new Set(open.map(({ row }) => customContentKey(idOf(row))))
    const outer = open.filter(({ container }) => !own.has(containerKey(container!)))
    const next = ready.length > 0 ? ready : outer.length > 0 ? outer : open
    yield* judge(next)
    open = open.filter((each) => !next.includes(each))
  }
  return rows.map((row) => verdicts.get(row)!)
})
