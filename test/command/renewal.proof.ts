/** Renewing an access token in a real process that is killed: the new refresh token is with the reader before anything uses it. */
import type { ChildProcess } from "node:child_process"
import { describe, expect, it } from "vitest"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { startSampleSite } from "../../src/sample-site/server.ts"
import { type ConnectorRun, runCommand } from "../support/runConnector.ts"
import { ALL_STREAMS, catalogOf } from "./catalogs.ts"

/** Reads a site by OAuth, and ends the process when the site gets the n-th request of those. */
const readUntil = async (
  latencyMs: number,
  kill: { readonly signal: NodeJS.Signals; readonly at: RegExp; readonly request: number },
): Promise<{ readonly run: ConnectorRun; readonly site: SampleSite }> => {
  const server = await startSampleSite({ pages: 200, latencyMs, settings: { tokenLifetimeSeconds: 1 } })
  const { site } = server
  try {
    let child: ChildProcess | undefined
    let seen = 0
    const handle = site.handle.bind(site)
    site.handle = (request) => {
      if (kill.at.test(request.path) && ++seen === kill.request) child?.kill(kill.signal)
      return handle(request)
    }
    const files = { config: { ...site.config("oauth2.0"), num_workers: 1 }, catalog: catalogOf(ALL_STREAMS) }
    const run = await runCommand("read", files, { onStart: (started) => void (child = started) })
    return { run, site }
  } finally {
    await server.close()
  }
}

const keptTokens = ({ messages }: ConnectorRun) =>
  messages.flatMap(({ control }) =>
    control === undefined
      ? []
      : [(control.connectorConfig.config["credentials"] as { refresh_token: string }).refresh_token],
  )

const lastTokenOf = (site: SampleSite) => site.grants()[0]!.refreshTokens.at(-1)!.token

describe("a renewed refresh token", () => {
  it.each([1, 2, 10, 16])(
    "has been written when request %i with it arrives, whatever happens then",
    async (request) => {
      const { run, site } = await readUntil(150, { signal: "SIGKILL", at: /^\/ex\/confluence\//, request })
      expect(run.signal).toBe("SIGKILL")
      expect(keptTokens(run).at(-1)).toBe(lastTokenOf(site))
    },
  )

  it.each([1, 2])(
    "is waited for and written by a process that is told to end while renewal %i is under way",
    async (request) => {
      const { run, site } = await readUntil(400, { signal: "SIGTERM", at: /^\/oauth\/token$/, request })
      expect(run.signal).toBe("SIGTERM")
      expect(run.unfinished).toBe("")
      expect(keptTokens(run)).toHaveLength(site.grants()[0]!.refreshTokens.length - 1)
      expect(keptTokens(run).at(-1)).toBe(lastTokenOf(site))
    },
  )
})
