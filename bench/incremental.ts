/**
 * What incremental syncs cost: a first one, one in which nothing has changed, one after fifty edits, and one that reconciles,
 * of 100,000 and of 1,000,000 pages.
 */
import { readFileSync } from "node:fs"
import { eachLine, jsonFile } from "./connector.ts"
import type { Figure, Result } from "./results.ts"
import { type BenchSite, catalogOf, withSite } from "./sampleSite.ts"

interface Synced {
  readonly requests: number
  readonly rows: number
  readonly stateBytes: number
  readonly lastStateBytes: number
  readonly recordBytes: number
  readonly seconds: number
  /** Path of the state to go on from. */
  readonly state: string
}

const sync = async (site: BenchSite, config: string, catalog: string, state?: string): Promise<Synced> => {
  await site.statistics()
  const startedAt = performance.now()
  let rows = 0
  let stateBytes = 0
  let recordBytes = 0
  let last = ""
  const args = ["read", "--config", config, "--catalog", catalog, ...(state === undefined ? [] : ["--state", state])]
  await eachLine(args, (line) => {
    if (line.startsWith('{"type":"RECORD"')) {
      rows++
      recordBytes += line.length
    } else if (line.startsWith('{"type":"STATE"')) {
      stateBytes += line.length
      last = line
    }
  })
  const seconds = (performance.now() - startedAt) / 1000
  const { requests } = await site.statistics()
  return {
    requests,
    rows,
    stateBytes,
    recordBytes,
    seconds,
    lastStateBytes: last.length,
    state: jsonFile([JSON.parse(last).state]),
  }
}

/** Gives the first pages of the site a new version each. */
const edit = async (config: string, count: number): Promise<void> => {
  const { domain_name: url, credentials } = JSON.parse(readFileSync(config, "utf8"))
  const authorization = `Basic ${Buffer.from(`${credentials.email}:${credentials.api_token}`).toString("base64")}`
  const answer = await fetch(`${url}/wiki/api/v2/pages?limit=${count}`, { headers: { authorization } })
  const { results } = (await answer.json()) as { readonly results: ReadonlyArray<{ readonly id: string }> }
  for (const { id } of results) {
    await fetch(`${url}/_control/change`, {
      method: "POST",
      body: JSON.stringify({ action: "edit", id, title: `Edited ${id}` }),
    })
  }
}

const EDITS = 50

const measureAt = (pages: number): Promise<ReadonlyArray<Result>> =>
  withSite(
    { pages, bodyBytes: 400, blogPosts: 0, footerComments: 0, inlineComments: 0, attachments: 0 },
    async (site) => {
      const whole = JSON.parse(readFileSync(await catalogOf(site, "pages"), "utf8"))
      const streams = whole.streams.map((stream: object) => Object.assign(stream, { sync_mode: "incremental" }))
      const catalog = jsonFile({ streams })
      const reconciling = jsonFile({ ...JSON.parse(readFileSync(site.config, "utf8")), reconcile_interval_hours: 0 })
      const first = await sync(site, site.config, catalog)
      const idle = await sync(site, site.config, catalog, first.state)
      await edit(site.config, EDITS)
      const changed = await sync(site, site.config, catalog, idle.state)
      const reconciled = await sync(site, reconciling, catalog, changed.state)
      const what = `${pages.toLocaleString("en")} pages`
      const measured = ({ requests, rows, seconds }: Synced) =>
        `${requests} requests, ${rows} rows, ${seconds.toFixed(1)} s`
      return [
        {
          figure: `first sync of ${what}`,
          goal: "states < 0.1 of the records, ≤ 12 bytes a row",
          measured: `${measured(first)}; states ${((first.stateBytes - first.lastStateBytes) / first.recordBytes).toFixed(3)} of the records, ${(first.lastStateBytes / pages).toFixed(1)} bytes a row`,
          detail: "bodies of 400 bytes, the pages stream alone",
        },
        { figure: `idle sync of ${what}`, goal: "", measured: measured(idle), detail: "nothing has changed" },
        {
          figure: `sync of ${what} after ${EDITS} edits`,
          goal: `${EDITS} rows`,
          measured: measured(changed),
          detail: "",
        },
        {
          figure: `reconciliation of ${what}`,
          goal: "",
          measured: measured(reconciled),
          detail: "everything listed without bodies and compared",
        },
      ]
    },
  )

export const incremental: Figure = {
  name: "incremental",
  measure: async () => [...(await measureAt(100_000)), ...(await measureAt(1_000_000))],
}
