/**
 * Reads content that is listed by space, in groups of spaces that keep all workers busy at about the cost of one list.
 *
 * A list takes up to 100 `space-id`s, so a small site is one list, and 1,500 small spaces are fifteen. A large site in one
 * list would be read by one worker at a time: a look at both ends of it tells about how long it is and which spaces weigh
 * most, and where it is worth it the list is divided into groups of about equal weight.
 */
import { Effect } from "effect"
import { Reporter } from "../protocol/Reporter.ts"
import type { Missed } from "../site/Accounts.ts"
import { MOST_SPACES, REPEATED, type SeveralValues } from "../site/manyValues.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { refusesSpaces, spaceOf } from "../site/siteLists.ts"
import { unaskedEntry } from "../site/unasked.ts"
import { type ReadFailure, isOfOnePart, partsUnread } from "./failures.ts"
import { type ContentList, PAGE, type SpacedList, walkGroup, walkGroupToTheEnd } from "./listOfSpaces.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { Settings } from "./services.ts"
import type { Walked } from "./walkList.ts"

/** A group of fewer pages than this costs more by its unfilled last page than it gains. */
const FEWEST_PAGES = 10

/** Deals `ids` into `count` groups of about equal weight, the heaviest first, each at most `MOST_SPACES` long. */
export const balance = (
  ids: ReadonlyArray<string>,
  weight: (id: string) => number,
  count: number,
): ReadonlyArray<ReadonlyArray<string>> => {
  const groups = Array.from({ length: Math.max(count, Math.ceil(ids.length / MOST_SPACES)) }, () => ({
    ids: [] as Array<string>,
    weight: 0,
  }))
  for (const id of [...ids].sort((a, b) => weight(b) - weight(a))) {
    const lightest = groups
      .filter((group) => group.ids.length < MOST_SPACES)
      .reduce((least, group) => (group.weight < least.weight ? group : least))
    lightest.ids.push(id)
    lightest.weight += weight(id)
  }
  return groups.filter((group) => group.ids.length > 0).map((group) => group.ids)
}

interface Look {
  readonly walked: Walked
  readonly weights: ReadonlyMap<string, number>
}

const NOTHING_SEEN: Look = { walked: { over: false, rowsLeft: undefined }, weights: new Map() }

/** Reads one page from each end of a group: what it says of the group's length and of its spaces. */
const lookAt = Effect.fnUntraced(function* (
  pass: Pass,
  content: SpacedList,
  id: string,
): Effect.fn.Return<Look, ReadFailure, ReadServices> {
  const weights = new Map<string, number>()
  const walked = yield* walkGroup(pass, content, id, (rows) => {
    for (const row of rows) {
      const space = String(row["spaceId"])
      weights.set(space, (weights.get(space) ?? 0) + 1)
    }
  })
  return { walked, weights }
})

/** Divides the groups that are long, by what a look at them has told. */
const divide = Effect.fnUntraced(function* (
  pass: Pass,
  content: SpacedList,
  ids: ReadonlyArray<string>,
  most: number,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const looks = yield* Effect.forEach(
    ids,
    (id) =>
      lookAt(pass, content, id).pipe(
        // What the reading itself will come to is settled there.
        Effect.catchIf(isOfOnePart, () => Effect.succeed(NOTHING_SEEN)),
      ),
    { concurrency: "unbounded" },
  )
  let rows = pass.run.counts.emitted
  for (const [index, { walked, weights }] of looks.entries()) {
    rows += walked.rowsLeft ?? 0
    if (walked.over) continue
    const id = ids[index]!
    const spaces = pass.parts.get(id)?.s ?? []
    const count = Math.min(
      Math.ceil(most / ids.length),
      Math.floor((walked.rowsLeft ?? 0) / PAGE / FEWEST_PAGES),
      spaces.length,
    )
    if (count <= 1) continue
    pass.parts.delete(id)
    const groups = balance(spaces, (space) => (weights.get(space) ?? 0) + 1, count)
    for (const [position, group] of groups.entries()) pass.parts.set(`${id}.${position}`, { s: group })
  }
  if (pass.sendsAll) yield* pass.run.estimate(rows)
})

/** The one part of a stream that is read without regard to spaces. */
const WHOLE_SITE = "site"
const NO_SPACES: SeveralValues = { ...REPEATED, query: () => [] }

/** The parts that are to be read: those of the state, and one or more for the spaces that they do not cover. */
const arrange = Effect.fnUntraced(function* (
  pass: Pass,
  content: SpacedList,
  spaces: ReadonlyArray<string>,
  most: number,
) {
  const { workers } = yield* Settings
  // Groups of an earlier sync that took more at once than this site does, as far as is known now, are made anew.
  for (const [id, { s = [], done }] of pass.parts) if (done === undefined && s.length > most) pass.parts.delete(id)
  const begun = [...pass.parts.keys()]
  const grouped = new Set(begun.flatMap((id) => pass.parts.get(id)?.s ?? []))
  const added = spaces.filter((id) => !grouped.has(id))
  if (added.length === 0) return
  const groups = balance(added, () => 1, Math.ceil(added.length / Math.min(most, MOST_SPACES)))
  let number = begun.length
  const ids = groups.map((group) => {
    while (pass.parts.has(`${number}`)) number++
    const id = `${number}`
    pass.parts.set(id, { s: group })
    return id
  })
  if (content.order === undefined && begun.length === 0 && ids.length <= workers / 2)
    yield* divide(pass, content, ids, workers)
})

/** The part that stands for all spaces that have been read. */
const DONE = "done"

/** Counts the spaces of a part that has been read among those that are done, which the state tells in few bytes. */
const gather = (pass: Pass, id: string): void => {
  const spaces = pass.parts.get(id)?.s
  if (spaces === undefined || id === DONE) return
  pass.parts.delete(id)
  pass.parts.set(DONE, { s: [...(pass.parts.get(DONE)?.s ?? []), ...spaces], done: 1 })
}

/** Reads all the content of all spaces, from where the stream's state left it. */
export const readContentOfSpaces = Effect.fnUntraced(function* (
  pass: Pass,
  list: ContentList,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const directory = yield* SiteDirectory
  const { scope } = yield* Settings
  const order = list.isWhole === true || list.isBeside === true ? undefined : scope.order
  const listed = yield* Effect.result(directory.spaces)
  if (pass.parts.get(WHOLE_SITE) === undefined && listed._tag === "Success") {
    const spaces = scope.spaces(listed.success.map(spaceOf)).map(({ id }) => id)
    const withoutId = scope.spaces((yield* directory.withoutId("spaces")).map(spaceOf))
    const unasked = withoutId.map((space) => unaskedEntry("spaces", space))
    if (spaces.length + unasked.length === 0) return
    const arranged = (to: Pass, several: SeveralValues) =>
      arrange(to, { ...list, order, several }, spaces, several.most)
    // The first look at the list goes by what is nearly always so, and no state tells of it before that is known.
    const first: Pass = { ...pass, parts: new Map(pass.parts) }
    const [several] = yield* Effect.all([directory.severalValues, arranged(first, REPEATED)], { concurrency: 2 })
    if (several === REPEATED) for (const [id, part] of first.parts) pass.parts.set(id, part)
    else yield* arranged(pass, several)
    yield* walkParts(pass, { ...list, order, several }, unasked)
  } else {
    // Without the spaces nobody can tell which of them the filters let in.
    if (listed._tag === "Failure" && (scope.narrowsSpaces || !refusesSpaces(listed.failure)))
      return yield* listed.failure
    if (pass.parts.get(WHOLE_SITE) === undefined) pass.parts.set(WHOLE_SITE, {})
    if (listed._tag === "Failure") {
      // Doubt: whether the list of the whole site holds the content of archived spaces.
      const reporter = yield* Reporter
      const name = pass.run.facts.name
      yield* reporter.log(
        "WARN",
        `${name}: the spaces cannot be listed, so ${name} is read as one list, which may leave out archived spaces. ${listed.failure.message}`,
      )
    }
    yield* walkParts(pass, { ...list, order, several: NO_SPACES })
  }
})

/** Whether a list was refused, at once and clearly: then perhaps for one of its spaces. */
const isRefused = ({ _tag }: ReadFailure): boolean =>
  _tag === "Forbidden" || _tag === "BadRequest" || _tag === "NotFound"

/** So many refusals, and nothing that was not refused: it is the list that may not be read, not a space. */
const MOST_REFUSALS = 8

/**
 * Reads all parts. One that fails costs its own spaces; one that is refused is divided until the space is found that spoils it.
 * What failed stays undone in the state.
 */
const walkParts = Effect.fnUntraced(function* (
  pass: Pass,
  content: SpacedList,
  unasked: ReadonlyArray<Missed> = [],
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const missed: Array<Missed> = [...unasked]
  const { workers } = yield* Settings
  let refusals = 0
  let done = 0
  const walkPart = (id: string): Effect.Effect<void, ReadFailure, ReadServices> =>
    walkGroupToTheEnd(pass, content, id).pipe(
      Effect.andThen(
        Effect.sync(() => {
          done++
          gather(pass, id)
        }),
      ),
      Effect.catch((error) => {
        if (!isOfOnePart(error)) return Effect.fail(error)
        const spaces = pass.parts.get(id)?.s
        if (spaces === undefined) return Effect.fail(error)
        if (isRefused(error) && ++refusals > MOST_REFUSALS && done === 0) return Effect.fail(error)
        if (!isRefused(error) || spaces.length === 1) {
          const [first, ...others] = spaces
          const more = others.length === 0 ? "" : ` and ${others.length} more`
          return Effect.sync(() => void missed.push({ name: `the space ${first}${more}`, error }))
        }
        const halves = balance(spaces, () => 1, 2).map((some, half) => ({ id: `${id}.${half}`, some }))
        pass.parts.delete(id)
        for (const half of halves) pass.parts.set(half.id, { s: half.some })
        return Effect.forEach(halves, (half) => walkPart(half.id), { concurrency: 2, discard: true })
      }),
    )
  // Where each space is a list of its own, no more of them are under way than are being read, so that the state stays small.
  const isDivided = content.several.most === 1
  yield* Effect.forEach([...pass.parts.keys()], walkPart, {
    concurrency: isDivided ? workers : "unbounded",
    discard: true,
  })
  if (missed.length > 0) {
    yield* partsUnread(
      pass.run.facts.name,
      `what is in ${missed.length} of ${done + missed.length} groups of spaces`,
      missed,
    )
  }
})
