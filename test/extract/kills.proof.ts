/**
 * Extracts that are killed by SIGKILL at any moment: what they leave behind can be read by DuckDB, and the extract after them has all of
 * the site.
 */
import { statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { ALL_STREAMS } from "../command/catalogs.ts"
import { expectRowsOfSite } from "../command/siteTruth.ts"
import { Chance } from "../simulation/chance.ts"
import { type ConnectorRun, runConnector, SHORT_PAUSES, withFolder } from "../support/runConnector.ts"
import { tablesOf } from "../support/tables.ts"

interface KilledRun {
  readonly run: ConnectorRun
  readonly requests: number
}

/** Runs an extract, which is killed when the site has answered so many requests and some time has gone by. */
const extract = async (
  { site }: RunningSampleSite,
  folder: string,
  flags: ReadonlyArray<string>,
  kill?: { readonly requests: number; readonly afterMs: number },
): Promise<KilledRun> => {
  const config = join(folder, "config.json")
  writeFileSync(config, JSON.stringify({ ...site.config(), reconcile_interval_hours: 0, max_deletion_percent: 100 }))
  const before = site.statistics().requests
  let watch: NodeJS.Timeout | undefined
  const run = await runConnector(["extract", "--config", config, "--to", join(folder, "site.duckdb"), ...flags], {
    plain: true,
    env: SHORT_PAUSES,
    onStart: (child) => {
      if (kill === undefined) return
      watch = setInterval(() => {
        if (site.statistics().requests - before < kill.requests) return
        clearInterval(watch)
        setTimeout(() => child.kill("SIGKILL"), kill.afterMs)
      }, 5)
    },
  })
  clearInterval(watch)
  return { run, requests: site.statistics().requests - before }
}

describe("an extract that is killed", () => {
  it.each([1, 2, 3])("at any request, while the site changes, is gone on with (%i)", (seed) =>
    withFolder(async (folder) => {
      const server = await startSampleSite({ pages: 150, spaces: 5, seed, latencyMs: 5 })
      const { site } = server
      const chance = new Chance(seed)
      try {
        for (let round = 0; round < 6; round++) {
          const pages = site.truth("pages").filter(({ status }) => status === "current")
          for (const at of [1, 2, 3, 4]) {
            const id = String(chance.of(pages)["id"])
            if (!site.truth("pages").some((page) => page["id"] === id)) continue
            if (at % 2 === 0) site.edit(id, { title: `Edited ${round}.${at}` })
            else site.trash(id)
          }
          const kill = { requests: chance.between(1, 120), afterMs: chance.between(0, 40) }
          await extract(server, folder, [], kill)
          if (statSync(join(folder, "site.duckdb"), { throwIfNoEntry: false }) !== undefined) {
            const tables = await tablesOf(join(folder, "site.duckdb"))
            expect(tables.has("deleted_rows")).toBe(true)
          }
        }
        const { run } = await extract(server, folder, [])
        expect([run.exitCode, run.stderr.includes("in use")]).toEqual([0, false])
        const tables = await tablesOf(join(folder, "site.duckdb"))
        for (const stream of ALL_STREAMS) {
          if (stream === "users") continue
          expectRowsOfSite(site, stream, tables.get(stream) ?? [], { ofTable: true })
        }
      } finally {
        await server.close()
      }
    }),
  )

  it("in the middle of a long list keeps what had been finished, and asks for little of it again", () =>
    withFolder(async (folder) => {
      const server = await startSampleSite({ pages: 24_000, spaces: 4, blogPosts: 0, bodyBytes: 4_096, varied: false })
      try {
        const some = ["--streams", "pages"]
        const first = await extract(server, folder, some, { requests: 70, afterMs: 0 })
        expect(first.run.signal).toBe("SIGKILL")
        const kept = (await tablesOf(join(folder, "site.duckdb"))).get("pages") ?? []
        expect(kept.length).toBeGreaterThan(5_000)
        expect(kept.length).toBeLessThan(24_000)
        const second = await extract(server, folder, some)
        expect(second.run.exitCode).toBe(0)
        expectRowsOfSite(server.site, "pages", (await tablesOf(join(folder, "site.duckdb"))).get("pages")!, {
          ofTable: true,
        })
        // The rest, and a reconciliation of all without bodies.
        const all = Math.ceil(24_000 / 250)
        expect(second.requests).toBeLessThan(all + Math.ceil((24_000 - kept.length) / 250) + 25)
      } finally {
        await server.close()
      }
    }))
})
