/** A sample site in another process, what it has seen, and the files with which the connector reads it. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { SampleSiteOptions } from "../src/sample-site/options.ts"
import type { SiteStatistics } from "../src/sample-site/statistics.ts"
import { eachLine, jsonFile } from "./connector.ts"

export interface BenchSite {
  /** Path of a config that reads the site; the second one leaves the bodies out. */
  readonly config: string
  readonly configWithoutBodies: string
  /** Signs in by OAuth, whose rows cost points. */
  readonly configOfServiceAccount: string
  /** What it has seen since it was last asked. */
  readonly statistics: () => Promise<SiteStatistics>
  /** What is true of it: the rows of a stream. */
  readonly truth: (stream: string) => Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
}

const siteProcess = fileURLToPath(new URL("siteProcess.ts", import.meta.url))

/**
 * Serves a sample site while `use` runs. All content is visible and current: every row that is listed is a record. `prepared`: answers
 * are made once, when they are first asked for; `restricted`: so many pages that only some people may read; `membersPerGroup`: how large groups are on the average.
 */
export const withSite = async <A>(
  options: SampleSiteOptions & {
    readonly prepared?: "as they are" | "with line ends"
    readonly restricted?: number
    readonly membersPerGroup?: number
  },
  use: (site: BenchSite) => Promise<A>,
): Promise<A> => {
  const child = spawn(process.execPath, [siteProcess, JSON.stringify({ varied: false, ...options })], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer]
    const { url, config, serviceAccount } = JSON.parse(line.toString())
    return await use({
      config: jsonFile(config),
      configWithoutBodies: jsonFile({ ...config, body_format: "none" }),
      configOfServiceAccount: jsonFile(serviceAccount),
      statistics: async () => {
        const seen = (await (await fetch(`${url}/_control/statistics`)).json()) as SiteStatistics
        await fetch(`${url}/_control/reset-statistics`, { method: "POST" })
        return seen
      },
      truth: async (stream) => {
        const rows: unknown = await (await fetch(`${url}/_control/truth/${stream}`)).json()
        return rows as ReadonlyArray<Readonly<Record<string, unknown>>>
      },
    })
  } finally {
    child.stdin.end()
    child.kill()
  }
}

const discovered = async (site: BenchSite): Promise<ReadonlyArray<{ readonly name: string }>> => {
  let found: ReadonlyArray<{ readonly name: string }> = []
  await eachLine(["discover", "--config", site.config], (line) => {
    const message = JSON.parse(line)
    if (message.type === "CATALOG") found = message.catalog.streams
  })
  return found
}

/** The names of all streams. */
export const streamsOf = async (site: BenchSite): Promise<ReadonlyArray<string>> =>
  (await discovered(site)).map(({ name }) => name)

const catalogWith = async (site: BenchSite, isWanted: (stream: string) => boolean): Promise<string> => {
  const wanted = (await discovered(site)).filter(({ name }) => isWanted(name))
  return jsonFile({
    streams: wanted.map((stream) => ({ stream, sync_mode: "full_refresh", destination_sync_mode: "overwrite" })),
  })
}

/** A configured catalog of the named streams, or of all, in full. */
export const catalogOf = (site: BenchSite, ...names: ReadonlyArray<string>): Promise<string> =>
  catalogWith(site, (name) => names.length === 0 || names.includes(name))

/** A configured catalog of all streams but these, in full. */
export const catalogWithout = (site: BenchSite, left: ReadonlySet<string>): Promise<string> =>
  catalogWith(site, (name) => !left.has(name))
