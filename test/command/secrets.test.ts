/** No secret in any form leaves the connector but in the requests to Atlassian, whatever fails and however loud the log is. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { Fault } from "../../src/sample-site/faults.ts"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import {
  type ConnectorRun,
  errorsOf,
  type InputFiles,
  type Row,
  runCommand,
  runConnector,
  SHORT_PAUSES,
} from "../support/runConnector.ts"
import { catalogOf } from "./catalogs.ts"

const EMAIL = "data.engineer@northwind.example"
/** Every character that one of the encodings changes. */
const TOKEN = `s3cr3t/+=tok%2Fen"\\n&<b>'$\`:{}~`
const STRANGER = `wr0ng${TOKEN}`

const formsOf = (text: string): ReadonlyArray<string> => [
  text,
  Buffer.from(text).toString("base64"),
  Buffer.from(text).toString("base64").replace(/=+$/, ""),
  Buffer.from(text).toString("base64url"),
  encodeURIComponent(text),
  encodeURIComponent(text).toLowerCase(),
  JSON.stringify(text).slice(1, -1),
]
const FORMS = [TOKEN, STRANGER, `${EMAIL}:${TOKEN}`, `${EMAIL}:${STRANGER}`].flatMap(formsOf)
/** A part of the token in each form that tells too much, if a text was cut in the middle of it. */
const PARTS = [TOKEN, STRANGER].flatMap(formsOf).map((form) => form.slice(0, 9))

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 120, credentials: { email: EMAIL, classicToken: TOKEN } })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

const expectNoSecret = (run: ConnectorRun): void => {
  // Lines are looked at as they are, and as a reader sees them after parsing.
  const texts: Array<string> = [run.stderr]
  for (const [index, line] of run.lines.entries()) {
    if (run.messages[index]!.type === "RECORD") continue
    texts.push(line)
    JSON.parse(line, (_key, value: unknown) => (typeof value === "string" ? texts.push(value) : value))
  }
  for (const text of texts) for (const form of [...FORMS, ...PARTS]) expect(text).not.toContain(form)
}

const configWith = (token: string): Row => ({
  ...server.site.config(),
  credentials: { auth_type: "api_token", email: EMAIL, api_token: token },
})

/** An answer that repeats all it was sent, as some proxies do, `before` characters into its text. */
const echo = (status: number, before = 0): Fault => {
  const text = FORMS.slice(0, 4)
    .concat(formsOf(`${EMAIL}:${TOKEN}`))
    .join(" ")
  return {
    kind: "status",
    status,
    path: "/wiki/api/v2/*",
    body: JSON.stringify({ message: `${"x".repeat(before)}${text}` }),
  }
}

interface Failing {
  readonly command?: "check" | "discover" | "read"
  readonly config?: () => unknown
  readonly faults?: ReadonlyArray<Fault>
  readonly settings?: SettingsChange
  readonly files?: InputFiles
}

const failing: ReadonlyArray<readonly [string, Failing]> = [
  ["a token that the site does not know", { command: "check", config: () => configWith(STRANGER) }],
  ["a read with such a token", { config: () => configWith(STRANGER) }],
  [
    "a site with visitors",
    { command: "check", config: () => configWith(STRANGER), settings: { anonymousAccess: true } },
  ],
  [
    "a site that cannot be reached",
    { command: "check", config: () => ({ ...configWith(TOKEN), domain_name: "http://127.0.0.1:1" }) },
  ],
  [
    "the token in the site's address",
    {
      command: "check",
      config: () => ({ ...configWith(TOKEN), domain_name: `https://${EMAIL}:${TOKEN}@acme.example` }),
    },
  ],
  [
    "the token as the way to sign in",
    { command: "check", config: () => ({ ...configWith(TOKEN), credentials: { auth_type: TOKEN } }) },
  ],
  [
    "the token as a number of workers",
    { command: "check", config: () => ({ ...configWith(TOKEN), num_workers: TOKEN }) },
  ],
  ["the token as a list", { command: "check", config: () => configWith([TOKEN] as never) }],
  [
    "a config that is no JSON",
    { command: "check", config: () => `{"credentials": {"api_token": ${JSON.stringify(TOKEN)},}` },
  ],
  ["the config in place of the catalog", { files: { catalog: { credentials: { api_token: TOKEN } } } }],
  ["the token as a sync mode", { files: { catalog: { streams: [{ stream: { name: "pages" }, sync_mode: TOKEN }] } } }],
  ["the config in place of the state", { files: { state: { credentials: { api_token: TOKEN } } } }],
  [
    "a state of another site that is named like the token",
    {
      files: {
        state: [
          {
            type: "STREAM",
            stream: { stream_descriptor: { name: "pages" }, stream_state: { v: 1, site: TOKEN, setup: "storage" } },
          },
        ],
      },
    },
  ],
  ["answers that repeat the request, with 400", { faults: [echo(400)] }],
  ["answers that repeat the request, with 403", { faults: [echo(403)] }],
  ["answers that repeat the request, with 404", { faults: [echo(404)] }],
  ["answers that repeat the request, with 401", { faults: [echo(401)] }],
  ["answers that repeat the request and are cut in the middle of a secret", { faults: [echo(400, 370)] }],
  ["the same, cut in the middle of its base64", { faults: [echo(403, 340)] }],
  ["the same, with 500 every time", { faults: [echo(500)] }],
  ["connections that break", { faults: [{ kind: "reset", path: "/wiki/api/v2/*" }] }],
  [
    "redirects that repeat the token",
    {
      faults: [{ kind: "redirect", location: `https://attacker.example/${encodeURIComponent(TOKEN)}` }],
      command: "check",
    },
  ],
]

describe("a secret", () => {
  it.each(failing)(
    "is nowhere in the output of %s",
    async (_, { command = "read", config, faults, settings, files }) => {
      server.site.set(settings ?? {})
      server.site.setFaults(faults ?? [])
      const given = {
        config: (config ?? (() => configWith(TOKEN)))(),
        ...(command === "read" && { catalog: catalogOf(["pages", "groups"]) }),
        ...files,
      }
      const run = await runCommand(command, given, { env: { ...SHORT_PAUSES, LOG_LEVEL: "TRACE" } })
      const warned = run.messages.some(({ log }) => log?.level === "WARN")
      expect(errorsOf(run).length > 0 || warned, "the run tells of a problem").toBe(true)
      expectNoSecret(run)
    },
  )

  it("is nowhere in the output of a read that goes well, nor in what the system shows of the process", async () => {
    const shown: Array<string> = []
    server.site.set({ latencyMs: 20 })
    const run = await runCommand(
      "read",
      { config: configWith(TOKEN), catalog: catalogOf(["pages"]) },
      {
        env: { LOG_LEVEL: "DEBUG" },
        onOutput: (_, child) => {
          for (const what of ["cmdline", "comm", "environ"]) {
            try {
              shown.push(readFileSync(`/proc/${child.pid}/${what}`, "latin1"))
            } catch {
              // The process has ended.
            }
          }
        },
      },
    )
    expect(run.exitCode).toBe(0)
    expect(shown.join(" ")).toContain("main.mjs")
    expectNoSecret({ ...run, stderr: shown.join(" ") })
  })

  it("is nowhere in the answer to a call that gives it as a flag's value", async () => {
    expectNoSecret(await runConnector(["check", `--api-token=${TOKEN}`]))
  })
})
