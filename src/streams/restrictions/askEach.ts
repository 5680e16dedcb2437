/** Asks for the restrictions of contents one by one, and for the rest of long ones. A content that fails costs itself, and is named. */
import { Effect } from "effect"
import { ConfluenceClient } from "../../confluence/ConfluenceClient.ts"
import { noList } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { type Parent, readEach } from "../../sync/parents.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { type Named, type Operation, type Principal, type Told, distinct, namedIn, toldByContent } from "./answers.ts"
import type { ContentTable } from "./ContentTable.ts"
import { stillSeen } from "./stillSeen.ts"
import { nameOf } from "./wayUp.ts"

const SCOPES: Endpoint["scopes"] = [["read:confluence-content.all"], ["read:content-details:confluence"]]
export const RESTRICTION: Endpoint = { path: "/wiki/rest/api/content/{id}/restriction", scopes: SCOPES }
export const BY_OPERATION: Endpoint = {
  path: "/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}",
  scopes: SCOPES,
}

/** Users, and groups, that one answer names at most. */
const MOST_NAMED = "200"
const EXPAND = ["expand", "restrictions.user,restrictions.group"] as const

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const pathOf = ({ path }: Endpoint, id: string): string => path.replace("{id}", () => encodeURIComponent(id))

/** What one answer tells of both operations. */
const askFor = Effect.fnUntraced(function* (
  stream: string,
  id: string,
): Effect.fn.Return<Told, ReadFailure, ReadServices> {
  const client = yield* ConfluenceClient
  const path = pathOf(RESTRICTION, id)
  const { body } = yield* client.request({
    path,
    query: [EXPAND, ["limit", MOST_NAMED]],
    stream,
    scope: scopeNames(RESTRICTION),
  })
  return toldByContent(body) ?? (yield* noList(path, 'no "results"'))
})

/** All that one operation names, from what is known of it on. */
const askForRest = Effect.fnUntraced(function* (
  stream: string,
  id: string,
  operation: Operation,
  named: Named,
): Effect.fn.Return<ReadonlyArray<Principal>, ReadFailure, ReadServices> {
  const client = yield* ConfluenceClient
  const path = pathOf(BY_OPERATION, id).replace("{operationKey}", operation)
  let all = named.principals
  for (let { next } = named; next !== undefined;) {
    const { body } = yield* client.request({
      path,
      query: [EXPAND, ["start", String(next)], ["limit", MOST_NAMED]],
      stream,
      scope: scopeNames(BY_OPERATION),
    })
    const more = namedIn(body)
    if (more === undefined) return yield* noList(path, 'no "restrictions" of users and groups')
    const before = distinct(all).length
    all = distinct([...all, ...more.principals])
    const isFurther = all.length > before || next === 0
    if (more.next !== undefined && !isFurther) return yield* noList(path, "the same users and groups again")
    // Both lists begin at one place. Where one of them has come to its end, the other one tells how far it has come.
    next = more.next === undefined || more.next === 0 ? undefined : next + more.next
  }
  return distinct(all)
})

interface Asked extends Parent {
  readonly place: number
  readonly type: string
  /** No list and no look shows it: it may be hidden, deleted for good, or in a trash that nothing tells of. */
  readonly isUnseen: boolean
}

/** Which of these can still be seen. */
const seen = (stream: string, asked: ReadonlyArray<Asked>): Reading<ReadonlySet<string>> =>
  stillSeen(
    stream,
    asked.filter(({ isUnseen }) => !isUnseen),
  )

/**
 * Asks for the restrictions of each of these, `unfinished` from where they are known. What is gone by now is no content any more; what cannot
 * be seen may tell its restrictions all the same.
 * Answers what failed, and calls `onMissed` with it.
 */
export const askEach = (
  stream: string,
  table: ContentTable,
  places: ReadonlyArray<number>,
  {
    unfinished,
    isUnseen,
  }: { readonly unfinished: ReadonlyMap<number, Told>; readonly isUnseen: (place: number) => boolean },
  onMissed: (place: number) => void,
): Reading<ReadonlyArray<Missed>> => {
  const asked = places.map((place): Asked => {
    const [id, type] = [table.idOf(place), table.typeOf(place)]
    return { place, type, id, name: nameOf(type, id), isUnseen: isUnseen(place) }
  })
  const gone = new Set<number>()
  const failed = new Set<number>()
  const read = (each: Asked): Reading<void> =>
    Effect.gen(function* () {
      const { place, id } = each
      const told = unfinished.get(place) ?? (yield* askFor(stream, id))
      table.tell(place, {
        read: yield* askForRest(stream, id, "read", told.read),
        update: yield* askForRest(stream, id, "update", told.update),
      })
    }).pipe(
      // A content that has been hidden meanwhile is refused.
      Effect.catchTag("Forbidden", (error) =>
        Effect.flatMap(seen(stream, [each]), (there): Reading<void> =>
          there.size > 0 ? Effect.fail(error) : Effect.sync(() => void gone.add(each.place)),
        ),
      ),
    )
  return Effect.map(
    readEach(asked, {
      read,
      stillThere: (some) => seen(stream, some),
      onDone: ({ place }) => {
        failed.delete(place)
        if (gone.has(place)) table.setContent(place, false)
      },
      onMissed: ({ place }) => void failed.add(place),
      onVanished: ({ place }) => void gone.add(place),
    }),
    (missed) => {
      for (const place of failed) onMissed(place)
      return missed
    },
  )
}
