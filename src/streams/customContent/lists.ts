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
import type { Forms } from "../../sync/listOfSpaces.ts"
import { type ById, eachLive, idOf } from "../../sync/LookUp.ts"
import { lacksBody, withBodyOf } from "../../sync/lostBodies.ts"
import { scanOf } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { bodyQuery } from "../kinds/lists.ts"
import { versionOf, withTimes } from "../rowFacts.ts"
import { PATH, SCOPE, isUnknownType, mayBeOfType, typesOf } from "./typesOfRun.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>
type OnRows = (rows: ReadonlyArray<Row>) => Reading<void>

const RAW: Query = [["body-format", "raw"]]

/** Statuses of what no table holds. Doubt: whether lists hold what is in the trash. */
const DEAD: ReadonlySet<unknown> = new Set(["trashed", "deleted", "draft", "historical"])
export const isLive = ({ status }: Row): boolean => !DEAD.has(status)

/** The parameters that ask for bodies of a type, by what is known of its form; none where nobody wants them. */
const inForm = (run: StreamRun, type: string, usual: Query): Query =>
  usual.length > 0 && typesOf(run).raw.has(type) ? RAW : usual
const otherForm = (asked: Query, usual: Query): Query | undefined =>
  asked.length === 0 ? undefined : asked === RAW ? usual : RAW

export const byType = (run: StreamRun, type: string, body: Query = []): ById => ({
  path: PATH,
  scope: SCOPE,
  stream: run.facts.name,
  query: [["type", type]],
  ...(body.length === 0 ? {} : { body }),
})

const hasBody = ({ body }: Row): boolean => isRecord(body) && Object.keys(body).length > 0

/** Notes the form in which bodies of a type have come. */
const learn = (run: StreamRun, type: string, asked: Query): void => {
  const { raw } = typesOf(run)
  if (asked === RAW) raw.add(type)
  else raw.delete(type)
}

/**
 * Gives those rows their bodies that came without, although they were asked for in this form: in the other form, where they have that.
 * Between the two answers rows change: then the later one tells what they are, and leaves out what is gone.
 */
const withBodies = Effect.fnUntraced(function* (
  run: StreamRun,
  type: string,
  rows: ReadonlyArray<Row>,
  asked: Query,
  usual: Query,
): Effect.fn.Return<ReadonlyArray<Row>, ReadFailure, ReadServices> {
  const other = otherForm(asked, usual)
  if (other === undefined) return rows
  if (rows.some(hasBody)) learn(run, type, asked)
  const bare = rows.filter((row) => !lacksBody(row) && !hasBody(row)).map(idOf)
  if (bare.length === 0) return rows
  const found = new Map<string, Row>()
  const note = (some: ReadonlyArray<Row>) => Effect.sync(() => some.forEach((row) => found.set(idOf(row), row)))
  const isAnswered = yield* eachLive([byType(run, type, other)], bare, note, run.changes?.lost).pipe(
    Effect.as(true),
    Effect.catchTag("BadRequest", () => Effect.succeed(false)),
  )
  if ([...found.values()].some(hasBody)) learn(run, type, other)
  const sought = new Set(bare)
  return rows.flatMap((row) => {
    const whole = found.get(idOf(row))
    if (whole === undefined) return isAnswered && sought.has(idOf(row)) ? [] : [row]
    if (versionOf(whole)["number"] === versionOf(row)["number"]) return [withBodyOf(row, whole)]
    return isLive(whole) ? [withTimes(whole)] : []
  })
})

/** The forms of a type's bodies while its lists are read. What is in the trash is left out. */
export const formsOf = (run: StreamRun, type: string, usual: Query): Forms => ({
  known: () => inForm(run, type, usual),
  other: (asked) => otherForm(asked, usual),
  complete: (rows, asked) => {
    // Where a form is refused that bodies do not have, an answer without rows tells of the form, too.
    if (asked === RAW) learn(run, type, RAW)
    const live = rows.every(isLive) ? rows : rows.filter(isLive)
    typesOf(run).note(type, live.map(idOf))
    return withBodies(run, type, live, asked, usual)
  },
})

/**
 * Goes through the live rows of these ids that the list of a type has, with bodies where they are wanted. Answers the ids that it has not
 * shown. `archived`: the archived spaces, where they are to be others than at first.
 */
export const eachOfType = Effect.fnUntraced(function* (
  run: StreamRun,
  type: string,
  ids: ReadonlyArray<string>,
  onRows: OnRows,
  isLight = false,
  archived?: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const usual = isLight ? [] : yield* bodyQuery(scanOf(run))
  const attempt = Effect.fnUntraced(function* (
    body: Query,
  ): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
    const live = new Set<string>()
    const take = (rows: ReadonlyArray<Row>) => {
      const some = rows.filter(isLive)
      for (const row of some) live.add(idOf(row))
      return Effect.flatMap(withBodies(run, type, some.map(withTimes), body, usual), onRows)
    }
    yield* eachLive([byType(run, type, body)], ids, take, run.changes?.lost, archived)
    return new Set(ids.filter((id) => !live.has(id)))
  })
  const body = inForm(run, type, usual)
  return yield* attempt(body).pipe(
    Effect.catchTag(["NotFound", "BadRequest"], (error) =>
      Effect.gen(function* () {
        if (!mayBeOfType(error)) return yield* error
        if (yield* isUnknownType(run, type, error)) return new Set(ids)
        const other = error._tag === "BadRequest" ? otherForm(body, usual) : undefined
        if (other === undefined) return yield* error
        const nowhere = yield* attempt(other)
        learn(run, type, other)
        return nowhere
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
  archived?: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const nowhere: Array<string> = []
  for (const [type, some] of typesOf(run).byType(ids)) {
    let left: ReadonlyArray<string> = some
    for (const each of type === undefined ? types : [type]) {
      if (left.length > 0) left = [...(yield* eachOfType(run, each, left, onRows, isLight, archived))]
    }
    nowhere.push(...left)
  }
  return new Set(nowhere)
})
