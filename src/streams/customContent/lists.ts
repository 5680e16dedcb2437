/**
 * Custom content in the list of its type, whole or by ids, with bodies in the form in which its type has them.
 *
 * The API gives bodies in one format a request, and each type has its own: storage (as which it is also had as a document), or raw. Which
 * one, nothing tells beforehand. So what came without a body is asked for once more in the other form, and a type that has shown itself
 * as raw is asked for that at once. Doubt: whether a wish for a format that a type does not have is refused instead.
 */
import { Effect } from "effect"
import type { Query, Row } from "../../confluence/Listing.ts"
import { isRecord } from "../../json.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { type ById, eachLive, idOf } from "../../sync/LookUp.ts"
import { lacksBody, withBodyOf } from "../../sync/lostBodies.ts"
import { scanOf } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { bodyQuery } from "../kinds/lists.ts"
import { withTimes } from "../rowFacts.ts"
import { PATH, SCOPE, isUnknownType, mayBeOfType, typesOf } from "./typesOfRun.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>
type OnRows = (rows: ReadonlyArray<Row>) => Reading<void>

export const RAW: Query = [["body-format", "raw"]]

/** Statuses of what no table holds. Doubt: whether lists hold what is in the trash. */
const DEAD: ReadonlySet<unknown> = new Set(["trashed", "deleted", "draft", "historical"])
export const isLive = ({ status }: Row): boolean => !DEAD.has(status)

/** The parameters that ask for bodies of a type; none where nobody wants them. */
export const bodyOf = (run: StreamRun, type: string): Reading<Query> =>
  Effect.map(bodyQuery(scanOf(run)), (usual) => (usual.length > 0 && typesOf(run).raw.has(type) ? RAW : usual))

export const byType = (run: StreamRun, type: string, body: Query = []): ById => ({
  path: PATH,
  scope: SCOPE,
  stream: run.facts.name,
  query: [["type", type]],
  ...(body.length === 0 ? {} : { body }),
})

const hasBody = ({ body }: Row): boolean => isRecord(body) && Object.keys(body).length > 0

/** Gives those rows their bodies that came without, although they were asked for in this form: in the other form, where they have that. */
export const withBodies = Effect.fnUntraced(function* (
  run: StreamRun,
  type: string,
  rows: ReadonlyArray<Row>,
  asked: Query,
): Effect.fn.Return<ReadonlyArray<Row>, ReadFailure, ReadServices> {
  if (asked.length === 0) return rows
  const bare = rows.filter((row) => !lacksBody(row) && !hasBody(row))
  if (bare.length === 0) return rows
  const usual = yield* bodyQuery(scanOf(run))
  const other = asked === RAW ? usual : RAW
  const found = new Map<string, Row>()
  const note = (some: ReadonlyArray<Row>) => Effect.sync(() => some.forEach((row) => found.set(idOf(row), row)))
  yield* eachLive([byType(run, type, other)], bare.map(idOf), note, run.changes?.lost).pipe(
    Effect.catchTag("BadRequest", () => Effect.void),
  )
  const isRaw = other === RAW && [...found.values()].some((row) => hasBody(row))
  if (isRaw) typesOf(run).raw.add(type)
  return rows.map((row) => {
    const whole = found.get(idOf(row))
    return whole === undefined ? row : withBodyOf(row, whole)
  })
})

/** Goes through the live rows of these ids that the list of a type has, with bodies where they are wanted. Answers the ids that it has not shown. */
export const eachOfType = Effect.fnUntraced(function* (
  run: StreamRun,
  type: string,
  ids: ReadonlyArray<string>,
  onRows: OnRows,
  isLight = false,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const attempt = Effect.fnUntraced(function* (
    body: Query,
  ): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
    const live = new Set<string>()
    const take = (rows: ReadonlyArray<Row>) => {
      const some = rows.filter(isLive)
      for (const row of some) live.add(idOf(row))
      return Effect.flatMap(withBodies(run, type, some, body), (whole) => onRows(whole.map(withTimes)))
    }
    yield* eachLive([byType(run, type, body)], ids, take, run.changes?.lost)
    return new Set(ids.filter((id) => !live.has(id)))
  })
  const body = isLight ? [] : yield* bodyOf(run, type)
  const { raw } = typesOf(run)
  return yield* attempt(body).pipe(
    Effect.catchTag(["NotFound", "BadRequest"], (error) =>
      Effect.gen(function* () {
        if (!mayBeOfType(error)) return yield* error
        if (yield* isUnknownType(run, type, error)) return new Set(ids)
        if (error._tag !== "BadRequest" || body.length === 0 || raw.has(type)) return yield* error
        raw.add(type)
        return yield* Effect.tapError(attempt(RAW), () => Effect.sync(() => raw.delete(type)))
      }),
    ),
  )
})

/** The same in the lists of all types; ids that a list of one type has shown in this sync are looked for there. */
export const eachOfTypes = Effect.fnUntraced(function* (
  run: StreamRun,
  types: ReadonlyArray<string>,
  ids: ReadonlyArray<string>,
  onRows: OnRows,
  isLight = false,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const nowhere: Array<string> = []
  for (const [type, some] of typesOf(run).byType(ids)) {
    let left: ReadonlyArray<string> = some
    for (const each of type === undefined ? types : [type]) {
      if (left.length > 0) left = [...(yield* eachOfType(run, each, left, onRows, isLight))]
    }
    nowhere.push(...left)
  }
  return new Set(nowhere)
})
