/**
 * Random histories of the simulation through `extract`: a site that changes, faults, and extracts by the real executable that are killed
 * or ended at any request. After the last one, which nothing disturbs, every table is the site. The judge knows nothing of the product.
 */
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { startSampleSite } from "../../src/sample-site/server.ts"
import { carryOut } from "../simulation/changes.ts"
import { drawHistory, LAST_ROUND } from "../simulation/history.ts"
import { difference, keyOf, type Moment, momentOf, noteWithheld } from "../simulation/moments.ts"
import { type Row, runConnector, SHORT_PAUSES, withFolder } from "../support/runConnector.ts"
import { type TableRow, tablesOf } from "../support/tables.ts"

/** What of the site can be known takes a judge of its own, which other tests have. */
const NOT_JUDGED: ReadonlySet<string> = new Set([
  "users",
  "content_restrictions",
  "folders",
  "whiteboards",
  "databases",
  "embeds",
])

/** A kill comes at the latest with this request. */
const LATEST_KILL = 70

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/

/** A row as a table has it: times in one way of writing. */
const asInTable = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === "string" && TIME.test(value) ? new Date(value).toISOString() : value,
    ]),
  )

const expectTables = (
  tables: ReadonlyMap<string, ReadonlyArray<TableRow>>,
  moment: Moment,
  streams: ReadonlyArray<string>,
  format: Parameters<typeof difference>[3],
): void => {
  for (const stream of streams.filter((name) => !NOT_JUDGED.has(name))) {
    const truth = moment.rows.get(stream)!
    const rows = new Map((tables.get(stream) ?? []).map((row) => [keyOf(stream, row), row]))
    expect([...rows.keys()].toSorted(), stream).toEqual([...truth.keys()].toSorted())
    for (const [key, row] of rows) {
      if (moment.poisoned.get(stream)?.has(key) === true) noteWithheld(row)
      expect(difference(stream, row, asInTable(truth.get(key)!), format), `${stream} ${key}`).toBeUndefined()
    }
  }
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])("the history of seed %i ends with the site in the tables", (seed) =>
  withFolder(async (folder) => {
    const history = drawHistory(seed, { realTime: true, filtered: false })
    const server = await startSampleSite(history.site)
    const { site } = server
    const target = join(folder, "site.duckdb")
    const handle = site.handle.bind(site)
    let onRequest = (): void => undefined
    site.handle = (request) => {
      const response = handle(request)
      onRequest()
      return response
    }
    try {
      const config = { ...history.config }
      const last = { ...LAST_ROUND, settings: { cursorUses: 0 } }
      for (const round of [...history.rounds, last]) {
        site.set(round.settings)
        Object.assign(config, round.config)
        for (const change of round.changes) carryOut(site, change)
        site.setFaults(round.faults)
        const path = join(folder, "config.json")
        const signIn = history.signIn === "service_account" ? site.config("service_account") : site.config()
        writeFileSync(path, JSON.stringify({ ...signIn, ...config }))
        let requests = 0
        const flags = ["--streams", history.streams.join(",")]
        const run = await runConnector(["extract", "--config", path, "--to", target, ...flags], {
          plain: true,
          env: SHORT_PAUSES,
          onStart: (child) => {
            onRequest = () => {
              requests++
              for (const each of round.meanwhile) {
                if (each.afterRequests === requests) for (const change of each.changes) carryOut(site, change)
              }
              if (round.cut !== undefined && requests === (round.cut.afterLines % LATEST_KILL) + 1)
                child.kill(round.cut.how === "kill" ? "SIGKILL" : "SIGTERM")
            }
          },
        })
        onRequest = () => undefined
        site.setFaults([])
        expect(run.stderr).not.toMatch(/fault of (?:its own|the connector)|could not be written/)
        if (existsSync(target)) await tablesOf(target)
        if (round === last) expect(run.exitCode, run.stderr).toBe(0)
      }
      const moment = momentOf(site, history.streams, config.body_format)
      expectTables(await tablesOf(target), moment, history.streams, config.body_format)
    } finally {
      await server.close()
    }
  }),
)
