/**
 * Measures the connector against a sample site on this machine and prints a table: `npm run bench`, or
 * `npm run bench -- --only NAME` for one figure. Everything runs as a process of its own; nothing is asserted, because
 * times on a busy machine prove nothing.
 */
import { existsSync } from "node:fs"
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import { figures } from "./figures.ts"
import type { Result } from "./results.ts"

const { values } = parseArgs({ options: { only: { type: "string" } } })
const chosen = figures.filter(({ name }) => values.only === undefined || values.only === name)
if (chosen.length === 0) {
  process.stderr.write(`--only takes one of ${figures.map(({ name }) => name).join(", ")}.\n`)
  process.exit(1)
}
if (!existsSync("/proc/self/status")) {
  process.stderr.write("The benchmark reads memory and processor time from /proc, so it needs Linux.\n")
  process.exit(1)
}

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |\n`

const results: Array<Result> = []
for (const { name, measure } of chosen) {
  const startedAt = performance.now()
  process.stderr.write(`${name} …`)
  results.push(...(await measure()))
  process.stderr.write(` ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`)
}
process.stdout.write(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"})\n\n`)
process.stdout.write(row(["figure", "goal", "measured", "how it came about"]))
process.stdout.write(row(["---", "---", "---", "---"]))
for (const { figure, goal, measured, detail } of results) process.stdout.write(row([figure, goal, measured, detail]))
