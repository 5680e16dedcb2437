/**
 * The list of one group of spaces: how it is asked for, in which order, and how it is read to its end, in one form of bodies or another,
 * with the spaces that are still there.
 */
import { Effect } from "effect"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { List, Query, Row } from "../confluence/Listing.ts"
import type { SeveralValues } from "../site/manyValues.ts"
import type { Order } from "../site/Scope.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { byId } from "./Course.ts"
import type { ReadFailure } from "./failures.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import type { Walk } from "./Walk.ts"
import { walkList } from "./walkList.ts"

export interface ContentList {
  readonly path: string
  readonly query: Query
  /** The parameters that ask for bodies. */
  readonly body: Query
  readonly scope: string
  readonly row: (row: Row) => Row
  readonly find: NonNullable<Walk["find"]>
  /** All of it is wanted, whatever dates the filters name. */
  readonly isWhole?: boolean
  /** Many spaces may have little of it, and the dates of filters are not its own. */
  readonly isBeside?: true
  /** Whether a refusal of the list says that there is nothing of what it is of. */
  readonly isNothing?: (error: ConfluenceError) => Effect.Effect<boolean, ReadFailure, ReadServices>
  /** Where the form that bodies are in shows only as they are read. */
  readonly forms?: Forms
}

/** The forms that bodies may be in. Each group is asked for by what is known when its turn comes. */
export interface Forms {
  /** The parameters that ask for bodies, by what is known now. */
  readonly known: () => Query
  /** Those to try where a list that was asked for by `asked` is refused. */
  readonly other: (asked: Query) => Query | undefined
  /** Completes rows that were asked for by `asked`, and learns from them. */
  readonly complete: (
    rows: ReadonlyArray<Row>,
    asked: Query,
  ) => Effect.Effect<ReadonlyArray<Row>, ReadFailure, ReadServices>
}

/** A list together with the way in which this site takes several values of a parameter. */
export interface SpacedList extends ContentList {
  /** The way to read it that may end early. */
  readonly order: Order | undefined
  readonly several: SeveralValues
}

export const PAGE = 250
/** More spaces than this have more content than a page holds. */
const SURELY_LONG = 20

const listOf = (pass: Pass, content: SpacedList, id: string, sort: string): List => ({
  path: content.path,
  query: [...content.query, ["sort", sort], ...content.several.query("space-id", pass.parts.get(id)?.s ?? [])],
  body: content.body,
  paging: "cursor",
  limit: PAGE,
  stream: pass.run.facts.name,
  scope: content.scope,
})

/** Whether the rows of a list, which come in an order, have passed the moment behind which filters let nothing in. */
const endOf = ({ sort, until }: Order) => {
  const isFalling = sort.startsWith("-")
  let last: number | undefined
  let isSorted = true
  return {
    onBeginAnew: () => void (last = undefined),
    until: (rows: ReadonlyArray<Row>) => {
      for (const row of rows) {
        const at = Date.parse(String(row[sort.endsWith("created-date") ? "createdAt" : "updatedAt"]))
        // Doubt: whether the lists are sorted by these dates. One that is not is read to its end.
        if (last !== undefined && (isFalling ? at > last : at < last)) isSorted = false
        last = at
      }
      return isSorted && last !== undefined && (isFalling ? last < until : last >= until)
    },
  }
}

/** The pass with the rows of a list completed that is asked for by `content.body`. */
const completing = (pass: Pass, { body, forms }: SpacedList): Pass =>
  forms === undefined
    ? pass
    : {
        ...pass,
        take: (rows, advance, mayBeMalformed) =>
          Effect.flatMap(forms.complete(rows, body), (whole) =>
            // What was put in has come by other answers.
            pass.take(whole, advance, whole === rows ? mayBeMalformed : true),
          ),
      }

export const walkGroup = (to: Pass, content: SpacedList, id: string, look?: (rows: ReadonlyArray<Row>) => void) => {
  const { order } = content
  const pass = completing(to, content)
  if (order !== undefined) {
    const list = listOf(pass, content, id, order.sort)
    return walkList(pass, { id, list, row: content.row, find: content.find, ...endOf(order) })
  }
  return walkList(pass, {
    id,
    list: listOf(pass, content, id, "id"),
    backwards: listOf(pass, content, id, "-id"),
    key: byId,
    row: content.row,
    find: content.find,
    ...(look === undefined
      ? {}
      : {
          pages: 1,
          atOnce: content.isBeside !== true && (pass.parts.get(id)?.s?.length ?? 0) > SURELY_LONG,
          onRows: (rows) => Effect.sync(() => look(rows)),
        }),
  })
}

/**
 * A group whose listing is refused may name a space that has just gone away; then the rest of the group is read without
 * it. A refusal that no vanished space explains stays one.
 */
export const walkGroupToTheEnd = Effect.fnUntraced(function* (
  pass: Pass,
  list: SpacedList,
  id: string,
  refused?: { readonly asked: Query; readonly error: ConfluenceError },
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const content = { ...list, body: refused?.asked ?? list.forms?.known() ?? list.body }
  const spaces = pass.parts.get(id)?.s
  if (spaces?.length === 0) return void pass.parts.set(id, { s: [], done: 1 })
  yield* walkGroup(pass, content, id).pipe(
    Effect.catchIf(
      (error) => error._tag === "NotFound" || error._tag === "BadRequest" || error._tag === "Forbidden",
      (error) =>
        Effect.gen(function* () {
          if (content.isNothing !== undefined && (yield* content.isNothing(error)))
            return void pass.parts.set(id, spaces === undefined ? { done: 1 } : { s: spaces, done: 1 })
          // A refusal may be for what other groups do not share: each that is refused is asked for in the other form by itself.
          const isOfForm = error._tag === "BadRequest" && refused === undefined
          const asked = isOfForm ? list.forms?.other(content.body) : undefined
          if (asked !== undefined) return yield* walkGroupToTheEnd(pass, list, id, { asked, error })
          const refusal = error._tag === "BadRequest" ? (refused?.error ?? error) : error
          if (spaces === undefined) return yield* refusal
          const directory = yield* SiteDirectory
          const there = new Set((yield* directory.spacesNow).map((space) => String(space["id"])))
          const left = spaces.filter((space) => there.has(space))
          if (left.length === spaces.length) return yield* refusal
          pass.run.counts.skipped += spaces.length - left.length
          pass.parts.set(id, { s: left })
          return yield* walkGroupToTheEnd(pass, list, id)
        }),
    ),
  )
})
