/**
 * Looks for a history in which the judge finds a mutation. A process of its own, because modules are loaded but once:
 *
 *     node test/simulation/defects/hunt.ts "changes are followed without a lookback"
 *
 * It prints the seed and what the judge said of it, as JSON; nothing where no history has shown the mutation.
 */
import { registerHooks } from "node:module"
import type { Hunted } from "../mutations.ts"
import { mutated, mutationOf } from "./mutating.ts"

/** Enough for each of them; one that takes more has no occasion. */
const MOST_HISTORIES = 40

const mutation = mutationOf(process.argv[2])
let isLoaded = false
registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(`/${mutation.file}`)) return loaded
    isLoaded = true
    return { ...loaded, source: mutated(String(loaded.source), mutation) }
  },
})

const { historyFor } = await import("../occasions.ts")
const { runHistory } = await import("../runHistory.ts")
const { inProcess } = await import("../worlds.ts")
if (!isLoaded) throw new Error(`No history loads ${mutation.file}.`)

for (let seed = 1; seed <= MOST_HISTORIES; seed++) {
  const history = historyFor(seed, mutation.name as Hunted)
  const { violations } = await runHistory(history, inProcess(history))
  if (violations.length === 0) continue
  process.stdout.write(JSON.stringify({ seed, ...violations[0] }))
  break
}
