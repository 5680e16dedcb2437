/**
 * The short lists that other lists are read by: the site's spaces and groups.
 *
 * Each is read at most once in a sync: by its own stream where that is configured, else on first use.
 */
import { Context, Deferred, Effect, Layer } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { type SeveralValues, findByPages, findSeveralValues } from "./manyValues.ts"
import { type DirectoryList, type Entries, type Listed, readGroups, readSpaces, refusesSpaces } from "./siteLists.ts"

/** Those that other lists can be asked for. */
type Named = Effect.Effect<Entries, ConfluenceError, ConfluenceClient>
const named = (listed: Listed): Named => Effect.map(listed, ({ entries }) => entries)

export class SiteDirectory extends Context.Service<
  SiteDirectory,
  {
    /** All spaces, current and archived, that the credential sees. */
    readonly spaces: Named
    /** The same, read anew: for when a space seems to have vanished. */
    readonly spacesNow: Named
    readonly groups: Named
    readonly groupsNow: Named
    /** Spaces or groups that are listed without their id. */
    readonly withoutId: (list: DirectoryList) => Named
    readonly severalValues: Effect.Effect<SeveralValues, ConfluenceError, ConfluenceClient>
    /** Says that the list's own stream is about to be read in full, so that others wait for it instead of asking too. */
    readonly expect: (list: DirectoryList) => Effect.Effect<void>
    /** Hands over what the list's own stream has read; undefined where it did not get to the end. */
    readonly provide: (list: DirectoryList, entries: Entries | undefined) => Effect.Effect<void>
  }
>()("source-confluence/SiteDirectory") {
  static readonly layer: Layer.Layer<SiteDirectory> = Layer.effect(SiteDirectory)(
    Effect.gen(function* () {
      const expected = new Map<DirectoryList, Deferred.Deferred<Entries | undefined>>()
      const listed = (name: DirectoryList, own: Listed) =>
        Effect.cached(
          Effect.suspend(() => {
            const deferred = expected.get(name)
            if (deferred === undefined) return own
            return Deferred.await(deferred).pipe(
              Effect.flatMap((entries) => (entries === undefined ? own : Effect.succeed({ entries, withoutId: [] }))),
            )
          }),
        )
      const all = { spaces: yield* listed("spaces", readSpaces), groups: yield* listed("groups", readGroups) }
      const spaces = named(all.spaces)
      return {
        spaces,
        spacesNow: named(readSpaces),
        groupsNow: named(readGroups),
        groups: named(all.groups),
        withoutId: (list) => Effect.map(all[list], ({ withoutId }) => withoutId),
        severalValues: yield* Effect.cached(
          spaces.pipe(
            Effect.matchEffect({
              onSuccess: (entries) => findSeveralValues(entries, 1),
              onFailure: (error) => (refusesSpaces(error) ? findByPages : Effect.fail(error)),
            }),
          ),
        ),
        expect: (list) => Effect.sync(() => void expected.set(list, Deferred.makeUnsafe())),
        provide: (list, entries) =>
          Effect.suspend(() => {
            const deferred = expected.get(list)
            return deferred === undefined ? Effect.void : Effect.asVoid(Deferred.succeed(deferred, entries))
          }),
      }
    }),
  )
}
