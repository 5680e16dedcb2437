/**
 * Which lists are being walked, and how far each has to go: so that the longest goes first, and a list that would be left
 * over at the end is walked from its back as well.
 *
 * A list is read a page after the other, and what it takes is its number of pages times the site's latency, however many
 * workers wait beside it. Its length is not told by the API; it is guessed from the keys by which it is sorted.
 */
import { Context, Effect, Layer } from "effect"
import { RateControl } from "../confluence/RateControl.ts"
import { RowWeights } from "./PageSize.ts"

export interface BoardEntry {
  /** Requests that the list will still take, as a guess; 0 when nothing is known. */
  readonly remaining: () => number
  /** Begins to walk the list from its back; undefined where that has happened or cannot be done. */
  readonly openBack: () => (() => void) | undefined
}

/** A list with less than this left is done before a second walk would have helped. */
const WORTH_A_SECOND_WALK = 4

export class WalkBoard extends Context.Service<
  WalkBoard,
  {
    readonly add: (entry: BoardEntry) => void
    readonly remove: (entry: BoardEntry) => void
    /** What rows have weighed so far, list by list. */
    readonly weights: RowWeights
    /**
     * To be called after each page: gives workers that have nothing to do the longest list that is walked from one end.
     * `goingOn`: the caller is about to ask for its next page, so its own slot is not free.
     */
    readonly rebalance: (goingOn: boolean) => void
  }
>()("source-confluence/WalkBoard") {
  static readonly layer: Layer.Layer<WalkBoard, never, RateControl> = Layer.effect(WalkBoard)(
    Effect.gen(function* () {
      const gate = yield* RateControl
      const entries = new Set<BoardEntry>()
      return {
        add: (entry) => void entries.add(entry),
        remove: (entry) => void entries.delete(entry),
        weights: new RowWeights(),
        rebalance: (goingOn) => {
          if (gate.idleSlots() - (goingOn ? 1 : 0) <= 0) return
          const longest = [...entries]
            .filter((entry) => entry.openBack() !== undefined)
            .sort((a, b) => b.remaining() - a.remaining())[0]
          if (longest !== undefined && longest.remaining() >= WORTH_A_SECOND_WALK) longest.openBack()?.()
        },
      }
    }),
  )
}
