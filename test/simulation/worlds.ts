/**
 * Where a history takes place: in this process and in virtual time, or with the real executable, over sockets and in real time.
 */
import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { Duration, Effect } from "effect"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { startSampleSite } from "../../src/sample-site/server.ts"
import { type RunInput, Simulation } from "../support/inProcess.ts"
import { type ConfiguredCatalog, type ProtocolMessage, runCommand, SHORT_PAUSES } from "../support/runConnector.ts"
import type { Staged } from "./fileRules.ts"
import type { ConnectionConfig, Cut, History, SignIn } from "./history.ts"
import type { SyncSeen } from "./verdict.ts"

export interface SyncInput {
  readonly config: ConnectionConfig
  readonly catalog: ConfiguredCatalog
  readonly states: ReadonlyArray<unknown>
  readonly cut: Cut | undefined
  /** The platform's job. */
  readonly jobId: string
  /** Called after each request that the site has answered. */
  readonly onRequest: () => void
}

export type SyncResult = Pick<SyncSeen, "lines" | "messages" | "ended"> & {
  /** What the destination finds in the staging folder, by relative paths. It takes all of it. */
  readonly staged: ReadonlyMap<string, Staged>
}

export interface World {
  readonly site: SampleSite
  /** Our clock, in milliseconds. */
  readonly now: () => number
  readonly passTime: (ms: number) => Promise<void>
  readonly sync: (input: SyncInput) => Promise<SyncResult>
  readonly close: () => Promise<void>
}

/** What of a history makes its world. */
type Setting = Pick<History, "site" | "signIn">

type Config = Readonly<Record<string, unknown>>

/** Keeps the config that the connector hands on, as the platform does; where that was lost, somebody authorizes again. */
class KeptConfig {
  readonly #site: SampleSite
  readonly #signIn: SignIn
  #kept: Config | undefined

  constructor(site: SampleSite, signIn: SignIn) {
    this.#site = site
    this.#signIn = signIn
  }

  /** The config for the next sync. */
  get(): Config {
    if (this.#signIn === "api_token") return this.#site.config()
    if (this.#signIn === "service_account") return this.#site.config("service_account")
    const { refresh_token: held } = (this.#kept?.["credentials"] ?? {}) as Config
    const isGood = this.#site
      .grants()
      .some((grant) => !grant.killedByReuse && grant.refreshTokens.at(-1)?.token === held)
    if (!isGood) this.#kept = this.#site.config("oauth2.0")
    return this.#kept!
  }

  take(
    messages: ReadonlyArray<{ readonly control?: { readonly connectorConfig: { readonly config: Config } } }>,
  ): void {
    this.#kept =
      messages.findLast(({ control }) => control !== undefined)?.control?.connectorConfig.config ?? this.#kept
  }
}

/** The connector in this process, in virtual time. */
export const inProcess = ({ site: options, signIn }: Setting): World => {
  const simulation = new Simulation(options)
  const { site, clock } = simulation
  const kept = new KeptConfig(site, signIn)
  return {
    site,
    now: clock.now,
    passTime: (ms) => Effect.runPromise(clock.sleep(Duration.millis(ms))),
    sync: async ({ config, catalog, states, cut, jobId, onRequest }) => {
      simulation.onExchange = onRequest
      simulation.exchanged.length = 0
      const input: RunInput = {
        config: { ...kept.get(), ...config },
        catalog,
        state: states,
        jobId,
        ...(cut?.how === "kill" ? { cutAfterLines: cut.afterLines } : {}),
        ...(cut?.how === "terminate" ? { terminateAfterLines: cut.afterLines } : {}),
      }
      const ran = await simulation.run("read", input)
      kept.take(ran.messages)
      const staged = new Map(simulation.staging.files)
      simulation.staging.files.clear()
      const wasCut = cut !== undefined && ran.exit === undefined && ran.lines.length >= cut.afterLines
      return {
        lines: ran.lines,
        messages: ran.messages as ReadonlyArray<ProtocolMessage>,
        staged,
        ended: wasCut ? "cut" : ran.exit === undefined ? "crashed" : ran.exit === 0 ? "done" : "failed",
      }
    },
    close: () => Promise.resolve(),
  }
}

/** Takes what is in a staging folder, as a destination does. What has no name of its own yet is nobody's. */
const takenFrom = (folder: string): ReadonlyMap<string, Staged> => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ name, parentPath }) => relative(folder, join(parentPath, name)))
  const taken = new Map(
    paths
      .filter((path) => !path.split("/").some((part) => part.startsWith(".partial-")))
      .map((path) => {
        const bytes = readFileSync(join(folder, path))
        return [path, { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }] as const
      }),
  )
  for (const path of taken.keys()) rmSync(join(folder, path))
  return taken
}

/** The executable as a process, killed by real signals. Pauses between tries are short; other time passes as it does. */
export const asProcess = async ({ site: options, signIn }: Setting): Promise<World> => {
  const server = await startSampleSite(options)
  const { site } = server
  const kept = new KeptConfig(site, signIn)
  const folder = mkdtempSync(join(tmpdir(), "source-confluence-staging-"))
  const handle = site.handle.bind(site)
  let onRequest = () => {}
  site.handle = (request) => {
    const response = handle(request)
    onRequest()
    return response
  }
  return {
    site,
    now: Date.now,
    passTime: () => Promise.resolve(),
    sync: async ({ config, catalog, states, cut, jobId, ...input }) => {
      onRequest = input.onRequest
      let lines = 0
      let signalled = false
      const files = { config: { ...kept.get(), ...config }, catalog, state: states }
      const run = await runCommand("read", files, {
        env: { ...SHORT_PAUSES, WORKER_JOB_ID: jobId, AIRBYTE_STAGING_DIRECTORY: folder },
        onOutput: (chunk, child) => {
          for (const byte of chunk) if (byte === 10) lines++
          if (signalled || cut === undefined || lines < cut.afterLines) return
          signalled = child.kill(cut.how === "kill" ? "SIGKILL" : "SIGTERM")
        },
      })
      onRequest = () => {}
      kept.take(run.messages)
      const ended =
        run.signal !== null && signalled
          ? "cut"
          : run.exitCode === 0 && run.stderr === ""
            ? "done"
            : run.exitCode === 1 && run.stderr === ""
              ? "failed"
              : "crashed"
      return { lines: run.lines, messages: run.messages, ended, staged: takenFrom(folder) }
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true })
      return server.close()
    },
  }
}
