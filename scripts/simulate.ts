/**
 * Proves by simulation that incremental syncs converge: random histories of a site and its syncs, each judged against the site.
 *
 *     npm run simulate -- --seed 1 --histories 300 [--processes] [--filtered] [--jobs 2]
 *
 * The history of a seed is the same every time, so `--seed N --histories 1` repeats one. Exit code 1: a history has failed; it is
 * printed as short as it could be made; or more rows were excused than is to be rare.
 */
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { addTo, emptyTally, runSeed, type Tally, tellTally } from "../test/simulation/campaign.ts"
import type { Ran } from "../test/simulation/runHistory.ts"

interface Share {
  readonly seeds: ReadonlyArray<number>
  readonly processes: boolean
  readonly filtered: boolean
}

interface Result {
  readonly seed: number
  readonly ran: Omit<Ran, "violations" | "log">
  readonly failure: string | undefined
}

/** A worker's part: its seeds, one after the other. */
const work = async ({ seeds, processes, filtered }: Share): Promise<void> => {
  for (const seed of seeds) {
    const { ran, failure } = await runSeed(seed, processes, filtered ? { filtered } : {})
    const { violations: _violations, log: _log, ...counts } = ran
    const result: Result = { seed, ran: counts, failure }
    // A port between threads has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    parentPort!.postMessage(result)
  }
}

const numberOf = (flag: string, text: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1) return value
  process.stderr.write(`--${flag} must be a whole number from 1 on, not ${text}\n`)
  process.exit(2)
}

/** The exception that is allowed is to be kept rare: rows for each table, judged where histories are many. */
const MOST_EXCUSED = 0.05
const MANY = 200

const say = (text: string) => process.stdout.write(`${text}\n`)

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      histories: { type: "string", default: "300" },
      jobs: { type: "string", default: String(Math.min(8, availableParallelism())) },
      processes: { type: "boolean", default: false },
      filtered: { type: "boolean", default: false },
    },
  })
  const first = numberOf("seed", values.seed)
  const count = numberOf("histories", values.histories)
  const jobs = Math.min(numberOf("jobs", values.jobs), count)
  const seeds = Array.from({ length: count }, (_, index) => first + index)
  const startedAt = performance.now()
  const tally: Tally = emptyTally()
  const failed: Array<number> = []
  const share = (job: number) =>
    new Promise<void>((resolve, reject) => {
      const { processes, filtered } = values
      const data: Share = { seeds: seeds.filter((_, index) => index % jobs === job), processes, filtered }
      const worker = new Worker(new URL(import.meta.url), { workerData: data })
      worker.on("message", ({ seed, ran, failure }: Result) => {
        addTo(tally, ran)
        if (failure !== undefined) {
          failed.push(seed)
          say(
            `\n${failure}\nagain: npm run simulate -- --seed ${seed} --histories 1${processes ? " --processes" : ""}${filtered ? " --filtered" : ""}`,
          )
        }
        if (tally.histories % 100 === 0) say(`${tally.histories} of ${count}, ${failed.length} failed`)
      })
      worker.once("error", reject)
      worker.once("exit", () => resolve())
    })
  await Promise.all(Array.from({ length: jobs }, (_, job) => share(job)))
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  say(`\nSeeds ${first} to ${first + count - 1}, ${seconds} s. ${tellTally(tally)}.`)
  const list = failed.toSorted((a, b) => a - b).join(", ")
  say(failed.length === 0 ? "All converge." : `${failed.length} failed: seeds ${list}`)
  const tooOften = count >= MANY && tally.excused > tally.tables * MOST_EXCUSED
  if (tooOften) say(`Too many rows were excused: more than ${MOST_EXCUSED} for each table.`)
  process.exitCode = failed.length === 0 && !tooOften ? 0 : 1
}

await (isMainThread ? main() : work(workerData as Share))
