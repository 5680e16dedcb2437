/** Runs the connector in folders of its own, and looks for secrets in all that it leaves behind. */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import {
  type ConnectorRun,
  type InputFiles,
  type Row,
  runConnector,
  type RunOptions,
  SHORT_PAUSES,
  withFolder,
  writeInputs,
} from "../support/runConnector.ts"
import { SecretFinder } from "../support/SecretFinder.ts"

/** Every character that one of the encodings changes is in each; nothing in one is like another. */
const SIGNS = `/+=%2F"\\n&<b>'$\`:{}~`

/** What the sample site takes in these tests. */
export const CREDENTIALS = {
  email: "data.engineer@northwind.example",
  classicToken: `cL4s5Ic9Qw${SIGNS}Zt7Rk2Pv`,
  scopedToken: `sC0p3dJx5Nb${SIGNS}Hy8Wm6Gd`,
  clientSecret: `aPp5eCr3tUf${SIGNS}Ko1Xa9Ls`,
  serviceClientSecret: `sErV1c3Bq7E${SIGNS}Jn4Cz0Ti`,
} as const satisfies SampleSiteOptions["credentials"]

/** The credential of nobody. */
export const STRANGER = `wR0nGtOk3nVp${SIGNS}Md6Yu2Fh`

/** Every secret that there is: those of the accounts, and all tokens that have been given out. */
export const secretsOf = (site: SampleSite): Readonly<Record<string, string>> => {
  const { classicToken, scopedToken, clientSecret, serviceClientSecret } = CREDENTIALS
  const tokens = site.grants().flatMap(({ id, refreshTokens, accessTokens }) => {
    const named = (kind: string) => (token: string, at: number) => [`${kind} ${at + 1} of ${id}`, token] as const
    return refreshTokens
      .map(({ token }) => token)
      .map(named("refresh token"))
      .concat(accessTokens.map(({ token }) => token).map(named("access token")))
  })
  return { classicToken, scopedToken, clientSecret, serviceClientSecret, STRANGER, ...Object.fromEntries(tokens) }
}

/** A run, and the files that it has left. */
export interface WatchedRun extends ConnectorRun {
  /** What is in its working folder and its folder for temporary files, by path. */
  readonly left: Readonly<Record<string, string>>
}

/** Runs a command with everything that it says switched on. `args` come after those of the files. */
export const runWatched = (
  command: string,
  files: InputFiles,
  options: RunOptions & { readonly args?: ReadonlyArray<string> } = {},
): Promise<WatchedRun> =>
  withFolder(async (folder) => {
    const [inputs, cwd, tmp] = ["inputs", "cwd", "tmp"].map((name) => join(folder, name))
    for (const each of [inputs!, cwd!, tmp!]) mkdirSync(each)
    const run = await runConnector([command, ...writeInputs(inputs!, files), ...(options.args ?? [])], {
      ...options,
      cwd: cwd!,
      env: { ...SHORT_PAUSES, LOG_LEVEL: "TRACE", TMPDIR: tmp!, ...options.env },
    })
    const left = [cwd!, tmp!].flatMap((place) =>
      readdirSync(place, { recursive: true, encoding: "utf8" })
        .map((name) => join(place, name))
        .filter((path) => statSync(path).isFile())
        .map((path) => [path, readFileSync(path, "latin1")] as const),
    )
    return { ...run, left: Object.fromEntries(left) }
  })

/** The keys of a config that hold a secret. */
const SECRET_KEYS = new Set(["client_secret", "refresh_token", "access_token", "api_token"])

/** The texts in a JSON value, keys too. */
const textsIn = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null) return []
  return [...Object.keys(value), ...Object.values(value).flatMap(textsIn)]
}

/** What of a line nobody may find a secret in. Records are the site's data; a new config is to hold its credentials, and nowhere else. */
const watchedIn = (line: string): unknown => {
  // What authorize prints for programs.
  if (!line.startsWith("{")) return line
  const message = JSON.parse(line) as { type: string; control?: { connectorConfig: { config: Row } } }
  if (message.type === "RECORD") return undefined
  if (message.type !== "CONTROL") return message
  const { config } = message.control!.connectorConfig
  const credentials = Object.entries(config["credentials"] as Row).filter(([key]) => !SECRET_KEYS.has(key))
  return {
    ...message,
    control: {
      ...message.control,
      connectorConfig: {
        ...message.control!.connectorConfig,
        config: { ...config, credentials: Object.fromEntries(credentials) },
      },
    },
  }
}

/** Everything that tells of secrets: in stdout, as it is and as a reader sees it after parsing, in stderr, in files and their names. */
export const leaksOf = (
  run: Pick<WatchedRun, "lines" | "unfinished" | "stderr" | "left">,
  secrets: Readonly<Record<string, string>>,
): ReadonlyArray<string> => {
  const watched = run.lines.map(watchedIn).filter((message) => message !== undefined)
  const texts = [
    ...watched.map((message) => JSON.stringify(message)),
    ...watched.flatMap(textsIn),
    run.unfinished,
    run.stderr,
    ...Object.entries(run.left).flat(),
  ]
  return new SecretFinder(secrets).findings(texts.join("\n"))
}
