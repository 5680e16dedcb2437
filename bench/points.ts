/** What syncs cost of the hourly quota that Atlassian counts for OAuth apps: a point for each request and each row that is listed. */
import { readFileSync } from "node:fs"
import { eachLine, jsonFile } from "./connector.ts"
import type { Figure } from "./results.ts"
import { catalogOf, withSite } from "./sampleSite.ts"

interface Synced {
  readonly points: number
  /** Path of the states to go on from. */
  readonly states: string
}

const sync = async (config: string, catalog: string, from?: string): Promise<Synced> => {
  const states = new Map<string, unknown>()
  let points = Number.NaN
  const args = ["read", "--config", config, "--catalog", catalog, ...(from === undefined ? [] : ["--state", from])]
  await eachLine(args, (line) => {
    if (line.startsWith('{"type":"STATE"')) {
      const { state } = JSON.parse(line)
      states.set(state.stream.stream_descriptor.name, state)
    } else if (line.startsWith('{"type":"LOG"')) {
      points = Number(/(\d+) points of the app's hourly quota/.exec(JSON.parse(line).log.message)?.[1] ?? points)
    }
  })
  return { points, states: jsonFile([...states.values()]) }
}

export const points: Figure = {
  name: "points",
  measure: () =>
    withSite({ pages: 20_000, spaces: 40, bodyBytes: 400, latencyMs: 5 }, async (site) => {
      const { streams } = JSON.parse(
        readFileSync(await catalogOf(site, "pages", "blog_posts", "comments", "attachments"), "utf8"),
      )
      const catalog = jsonFile({
        streams: streams.map((stream: object) => Object.assign(stream, { sync_mode: "incremental" })),
      })
      const first = await sync(site.configOfServiceAccount, catalog)
      const idle = await sync(site.configOfServiceAccount, catalog, first.states)
      return [
        {
          figure: "points of an idle sync of four streams, by OAuth",
          goal: "≤ 200",
          measured: `${idle.points}`,
          detail: `a first one of 20,000 pages and what hangs on them takes ${first.points}`,
        },
      ]
    }),
}
