/** What several streams of one sync ask alike, such as which content there is: whoever comes first asks, and all have the answer. */
import { Context, Effect, Layer } from "effect"

class Answers {
  readonly #asked = new Map<string, Effect.Effect<unknown, unknown, unknown>>()

  /** The answer to a question, asked when it is first wanted; a failure is an answer, too. `question` names it. */
  answer<A, E, R>(question: string, ask: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.gen({ self: this }, function* () {
      const known = this.#asked.get(question)
      if (known !== undefined) return yield* known as Effect.Effect<A, E, R>
      const cached = yield* Effect.cached(ask)
      this.#asked.set(question, cached)
      return yield* cached
    })
  }
}

/** The questions of one sync. */
export class Once extends Context.Service<Once, Answers>()("source-confluence/Once") {
  static readonly layer: Layer.Layer<Once> = Layer.sync(Once)(() => new Answers())
}
