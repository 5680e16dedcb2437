/** Which spaces the filters let in, as the site's list of spaces tells. */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { MOST_SPACES } from "../site/manyValues.ts"
import type { Scope } from "../site/Scope.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { type Entries, spaceOf } from "../site/siteLists.ts"
import { unmatchedPatterns } from "../site/unmatchedPatterns.ts"
import type { ReadFailure } from "./failures.ts"
import type { AskServices } from "./services.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, AskServices>

/** So often the spaces are listed anew because rows name one that is not among them. */
const MOST_LISTINGS = 3

export class LetInSpaces {
  readonly #scope: Scope
  /** By their ids, whether they are let in. */
  #judged: ReadonlyMap<string, boolean> | undefined
  #listings = 0
  #told = false

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Finds out about the spaces, where filters concern them, and names patterns that match none, once. */
  get known(): Reading<void> {
    return this.#scope.narrowsSpaces ? Effect.asVoid(this.#all) : Effect.void
  }

  /** The spaces have been listed for another reason. */
  tell(entries: Entries): Effect.Effect<void, ReadFailure, AskServices> {
    return Effect.gen({ self: this }, function* () {
      if (this.#told) return
      this.#told = true
      const reporter = yield* Reporter
      for (const sentence of unmatchedPatterns(this.#scope, entries.map(spaceOf))) {
        yield* reporter.log("WARN", sentence)
      }
    })
  }

  get #all(): Reading<ReadonlyMap<string, boolean>> {
    return Effect.gen({ self: this }, function* () {
      if (this.#judged !== undefined) return this.#judged
      const entries = yield* SiteDirectory.use(({ spaces }) => spaces)
      yield* this.tell(entries)
      return (this.#judged ??= this.#judge(entries))
    })
  }

  #judge(entries: Entries): ReadonlyMap<string, boolean> {
    const all = entries.map(spaceOf)
    const letIn = new Set(this.#scope.spaces(all).map(({ id }) => id))
    return new Map(all.map(({ id }) => [id, letIn.has(id)]))
  }

  /** The spaces that are let in, where they are few enough to be named in a list; undefined where lists need not name any. */
  get toName(): Reading<ReadonlyArray<string> | undefined> {
    return Effect.gen({ self: this }, function* () {
      if (!this.#scope.narrowsSpaces) return undefined
      const letIn = [...(yield* this.#all)].flatMap(([id, isIn]) => (isIn ? [id] : []))
      return letIn.length > MOST_SPACES ? undefined : letIn
    })
  }

  /** Tells of a row whether its space is let in; undefined for a space that the account does not see. */
  of(rows: ReadonlyArray<Row>): Reading<(row: Row) => boolean | undefined> {
    return Effect.gen({ self: this }, function* () {
      if (!this.#scope.narrowsSpaces) return () => true
      let spaces = yield* this.#all
      const isMissing = rows.some((row) => !spaces.has(String(row["spaceId"])))
      // A space that was created since then.
      if (isMissing && this.#listings < MOST_LISTINGS) {
        this.#listings++
        spaces = this.#judge(yield* SiteDirectory.use(({ spacesNow }) => spacesNow))
        this.#judged = spaces
      }
      return (row) => spaces.get(String(row["spaceId"]))
    })
  }
}
