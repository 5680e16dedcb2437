/**
 * The kind of streams that ask each content for what it has of its own: likes, views. They cost a request, or two, for each content,
 * and are read whole.
 *
 * A content that fails costs its own rows, is named, and is asked for again; one that has gone away meanwhile costs its own rows and
 * nothing else. The state says up to which content of each kind, in the order of their ids, all have been asked for.
 */
import { Effect } from "effect"
import { type Endpoint, eachOnce } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import type { IdList } from "../../site/IdList.ts"
import { Contents } from "../../sync/Contents.ts"
import { type ReadFailure, isOfOnePart, partsUnread } from "../../sync/failures.ts"
import { walkMany } from "../../sync/manyParents.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { type KindName, listContents, sourcesOf } from "../contentLists.ts"
import { KINDS } from "../contentParents.ts"
import type { Facts } from "./lists.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** An id of nothing: `check` asks for what it has. */
export const NOTHING = "1"

/** A content to be asked. */
export interface Content {
  readonly kind: KindName
  readonly contentType: string
  readonly id: string
}

/** The endpoint of a content's own list, with its id in the place of the variable part. */
export const pathOf = ({ path }: Endpoint, id: string): string =>
  path.replace(/\{[^}]+\}/, () => encodeURIComponent(id))

/** The endpoint of a kind of content below which it has something of its own. */
export const endpointBelow = (kind: KindName, below: string, parameter = "id"): Endpoint => ({
  path: `${KINDS[kind].path}/{${parameter}}/${below}`,
  scopes: [[KINDS[kind].scope]],
})

/** Which contents of a kind are there, of some that were not found. */
export const stillThere = (pass: Pass, kind: KindName, ids: ReadonlyArray<string>) =>
  Effect.map(
    KINDS[kind].fates(pass.run, KINDS[kind], ids),
    (fates) => new Set(ids.filter((id) => fates.get(id) === "live")),
  )

/** A failure of one kind of content, which says nothing of the others. */
export const isOfOneKind = (error: ReadFailure): boolean =>
  error._tag === "ScopeMissing" || error._tag === "EndpointRemoved" || isOfOnePart(error)

/** Rows that hold what a content has; those that lack their key are told and left out. */
export const takeRows = Effect.fnUntraced(function* (
  pass: Pass,
  rows: Parameters<Pass["take"]>[0],
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const sound = pass.run.sound(rows)
  if (sound.length < rows.length || pass.run.isOdd) yield* pass.run.tellOdd(rows.length - sound.length)
  yield* pass.take(sound, () => {})
})

/** The content of a kind and an id. */
export const contentOf = (kind: KindName, id: string): Content => ({ kind, contentType: KINDS[kind].contentType, id })

type Lacks = (pass: Pass, some: ReadonlyArray<Content>) => Reading<boolean | undefined>

/** Whether the site has nothing of this for any content, as the first ones tell that are there. */
const lacksAll = Effect.fnUntraced(function* (
  pass: Pass,
  kinds: ReadonlyArray<KindName>,
  ids: ReadonlyMap<KindName, IdList>,
  lacks: Lacks,
): Effect.fn.Return<boolean, ReadFailure, ReadServices> {
  const portions = kinds.map((kind) => [kind, ids.get(kind)!.portions(FEW)] as const)
  for (;;) {
    const some = portions.flatMap(([kind, left]) =>
      ((left.next().value ?? []) as ReadonlyArray<string>).map((id) => contentOf(kind, id)),
    )
    if (some.length === 0) return false
    const answer = yield* lacks(pass, some)
    if (answer !== undefined) return answer
  }
})

/** A stream of what each content of some kinds has. `what` names it in messages, such as `the likes`; `read` asks one content. */
export const childrenOfContent = (
  facts: Facts & {
    readonly kinds: ReadonlyArray<KindName>
    readonly what: string
    readonly endpoints: ReadonlyArray<Endpoint>
    readonly read: (pass: Pass, content: Content) => Reading<void>
    /**
     * Looks at some contents before all are asked: whether the site has nothing of this for any. Undefined where none of these tells,
     * because they have gone away meanwhile: then the next ones are looked at.
     */
    readonly lacks?: Lacks
  },
): StreamDefinition => {
  const { kinds, what, endpoints, read, lacks, ...rest } = facts
  const sources = sourcesOf(kinds).map(({ definition }) => definition)
  return {
    ...rest,
    syncModes: ["full_refresh"],
    endpoints: eachOnce([...endpoints, ...sources.flatMap((source) => source.endpoints)]),
    probes: [
      ...endpoints.map((endpoint) => ({ endpoint, nothing: NOTHING, mayBeAbsent: lacks !== undefined })),
      ...sources.flatMap(({ probes }) => probes.filter(({ without }) => without === undefined)),
    ],
    read: Effect.fnUntraced(function* (pass) {
      yield* Contents.use((contents) => contents.prepare(rest.name, rest.filteredAs))
      const { ids, missed: unlisted, notWhole, odd, unasked } = yield* listContents(kinds)
      pass.run.counts.failed += odd
      if (lacks !== undefined && (yield* lacksAll(pass, kinds, ids, lacks))) return
      const missed: Array<Missed> = [...unlisted, ...unasked]
      let count = 0
      for (const kind of kinds) {
        const all = ids.get(kind)!
        count += all.length
        const failed = yield* walkMany(pass, {
          kind: KINDS[kind].plural,
          ids: all,
          areAll: !notWhole.has(kind),
          nameOf: (id) => `${KINDS[kind].called} ${id}`,
          read: (id) => read(pass, contentOf(kind, id)),
          stillThere: (some) => stillThere(pass, kind, some),
          onVanished: () => void pass.run.counts.skipped++,
        }).pipe(
          Effect.catchIf(isOfOneKind, (error) =>
            // Where one kind alone cannot be asked, the others are.
            Effect.succeed([{ name: `${what} of ${KINDS[kind].plural}`, error: error as Missed["error"] }]),
          ),
        )
        missed.push(...failed)
      }
      if (missed.length > 0)
        yield* partsUnread(rest.name, `${what} of ${missed.length} of ${count} contents`, missed, count)
    }),
  }
}

/** So many of each kind are looked at first. */
const FEW = 5
