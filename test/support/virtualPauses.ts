/** Lets the pauses of an effect go by at once. */
import { Clock, Effect } from "effect"
import { VirtualClock } from "./VirtualClock.ts"

export const shortPauses = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, Clock.Clock, new VirtualClock(Date.UTC(2026, 6, 1)))
