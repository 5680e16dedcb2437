/**
 * The command line: which command, with which flags. Free of heavy imports, because it is loaded by every command.
 *
 * Flags and texts of the help come from one table, so that they cannot disagree.
 */
import { parseArgs } from "node:util"
import { authTypes } from "./config/settings.ts"

type FlagKind = "file" | "number" | "text" | "switch"

interface Flag {
  readonly kind: FlagKind
  readonly value?: string
  readonly required?: boolean
  readonly help: string
  /** Smallest and largest value of a number. */
  readonly range?: readonly [number, number]
  /** The only texts that there are. */
  readonly choices?: ReadonlyArray<string>
}

interface CommandFacts {
  readonly summary: string
  readonly flags: Readonly<Record<string, Flag>>
}

/** The formats of the files that `extract` puts into a folder. */
const formats = ["parquet", "csv", "ndjson"] as const

/** Where `authorize` awaits the browser if it is not told. Fixed, because an app's callback URL must be registered. */
export const CALLBACK_PORT = 8_765

const config: Flag = { kind: "file", value: "FILE", required: true, help: "the connector's config, JSON" }

export const COMMANDS = {
  spec: { summary: "print the settings that the connector takes", flags: {} },
  check: { summary: "try the config: who am I, and which streams can be read", flags: { config } },
  discover: { summary: "print the catalog of streams", flags: { config } },
  read: {
    summary: "read the configured streams and print records and states",
    flags: {
      config,
      catalog: {
        kind: "file",
        value: "FILE",
        required: true,
        help: "the configured catalog, JSON, or what discover printed",
      },
      state: { kind: "file", value: "FILE", help: "the states of an earlier sync, JSON: go on from there" },
    },
  },
  authorize: {
    summary: "get an OAuth 2.0 refresh token by a browser, and write a config that signs in with it",
    flags: {
      config: {
        kind: "file",
        value: "FILE",
        help: "the config to complete, JSON; what it lacks is asked for",
      },
      output: { kind: "file", value: "FILE", help: "the file to write; the one of --config by default" },
      port: {
        kind: "number",
        value: "N",
        range: [0, 65_535],
        help: `the port of the callback URL, http://localhost:PORT/callback; ${CALLBACK_PORT} by default, 0 takes any free one`,
      },
      "no-browser": { kind: "switch", help: "open no browser: only print the address" },
    },
  },
  extract: {
    summary: "put the site into a DuckDB file, or a folder of files, and keep that up to date",
    flags: {
      config,
      to: {
        kind: "file",
        value: "TARGET",
        required: true,
        help: "a file whose name ends in .duckdb, or a folder that gets a file for each stream",
      },
      format: {
        kind: "text",
        value: "FORMAT",
        choices: formats,
        help: `of the files in a folder: ${formats.join(", ")}; what the folder has, or parquet, by default`,
      },
      streams: {
        kind: "text",
        value: "A,B",
        help: "the streams to be read, all by default; other tables stay as they are",
      },
      full: { kind: "switch", help: "read everything anew, and forget what was deleted" },
    },
  },
  scopes: {
    summary: "print the fewest scopes that a credential needs in order to read streams",
    flags: {
      streams: { kind: "text", value: "A,B", help: "the streams to be read; all of them by default" },
      "auth-type": {
        kind: "text",
        value: "TYPE",
        choices: authTypes,
        help: `how you sign in: ${authTypes.join(", ")}; api_token by default`,
      },
    },
  },
  spaces: {
    summary: "list the spaces that the account sees, and which of them the config's filters let in",
    flags: { config, json: { kind: "switch", help: "print an array in the place of a table" } },
  },
  "sample-site": {
    summary: "serve a simulated Confluence Cloud site on this machine, and print a config that reads it",
    flags: {
      port: {
        kind: "number",
        value: "N",
        range: [0, 65_535],
        help: "the port to listen on; 0, the default, takes any free one",
      },
      pages: {
        kind: "number",
        value: "N",
        range: [0, 10_000_000],
        help: "how many pages the site has; 1200 by default",
      },
      seed: { kind: "number", value: "N", range: [0, 2 ** 31], help: "another seed, another site; 1 by default" },
      latency: {
        kind: "number",
        value: "MS",
        range: [0, 600_000],
        help: "milliseconds that each answer takes; 0 by default",
      },
      "rate-limit": {
        kind: "number",
        value: "N",
        range: [0, 1_000_000],
        help: "requests a second above which it answers 429; 0, the default, is none",
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandFacts>>

export type CommandName = keyof typeof COMMANDS

const SWITCHES = {
  debug: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const

export type Invocation =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "misuse"; readonly message: string; readonly usage: string }
  | {
      readonly kind: "run"
      readonly command: CommandName
      readonly files: Readonly<Record<string, string>>
      readonly numbers: Readonly<Record<string, number>>
      readonly texts: Readonly<Record<string, string>>
      /** The names of those that are there. */
      readonly switches: ReadonlySet<string>
      readonly debug: boolean
    }

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)

const flagsOf = (command: CommandName): Readonly<Record<string, Flag>> => COMMANDS[command].flags

const column = (rows: ReadonlyArray<readonly [string, string]>): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n")
}

/** A flag with what stands for its value. */
const shown = (name: string, flag: Flag): string => (flag.kind === "switch" ? `--${name}` : `--${name} ${flag.value}`)

const callOf = (command: CommandName): string =>
  Object.entries(flagsOf(command))
    .map(([name, flag]) => (flag.required === true ? shown(name, flag) : `[${shown(name, flag)}]`))
    .join(" ")

const GENERAL: ReadonlyArray<readonly [string, string]> = [
  ["--help", "this text"],
  ["--version", "the version"],
]

const usageOf = (command: CommandName | undefined): string => {
  if (command === undefined) {
    const rows = (Object.keys(COMMANDS) as ReadonlyArray<CommandName>).map(
      (name) => [`${name} ${callOf(name)}`.trimEnd(), COMMANDS[name].summary] as const,
    )
    return `Usage: source-confluence COMMAND [FLAGS]\n\nAirbyte source for Confluence Cloud.\n\nCommands:\n${column(rows)}\n\nEverywhere:\n${column(GENERAL)}\n`
  }
  const flags = Object.entries(flagsOf(command)).map(([name, flag]) => [shown(name, flag), flag.help] as const)
  return (
    `Usage: source-confluence ${command} ${callOf(command)}`.trimEnd() +
    `\n\n${COMMANDS[command].summary[0]!.toUpperCase()}${COMMANDS[command].summary.slice(1)}.\n\n` +
    `Flags:\n${column([...flags, ["--debug", "log more: each request with its status, its time and its try"], ...GENERAL])}\n`
  )
}

const list = (words: ReadonlyArray<string>) => words.join(", ")

const numberOf = (name: string, flag: Flag, text: string): number | string => {
  const [least, most] = flag.range ?? [0, Number.MAX_SAFE_INTEGER]
  const value = Number(text)
  const allowed = `a whole number from ${least} to ${most}`
  return /^\d+$/.test(text) && value >= least && value <= most
    ? value
    : `--${name} must be ${allowed}, but is "${text}".`
}

type Options = Record<string, { type: "string" | "boolean"; short?: string }>

/** Reads the command line; what is wrong with it is one sentence. */
export const parseCommandLine = (args: ReadonlyArray<string>): Invocation => {
  const named = args.find((arg) => !arg.startsWith("-"))
  const command = named !== undefined && named === args[0] && isCommand(named) ? named : undefined
  const usage = usageOf(command)
  const misuse = (message: string): Invocation => ({ kind: "misuse", message, usage })
  if (args.includes("--help") || args.includes("-h")) return { kind: "help", text: usage }
  if (args.includes("--version")) return { kind: "version" }
  if (args.length === 0) return misuse(`A command is missing; it must be one of ${list(Object.keys(COMMANDS))}.`)
  if (command === undefined) {
    return misuse(`"${args[0]}" is no command; it must be one of ${list(Object.keys(COMMANDS))}.`)
  }
  const flags = flagsOf(command)
  const options: Options = { ...SWITCHES }
  for (const name of Object.keys(flags)) options[name] = { type: flags[name]!.kind === "switch" ? "boolean" : "string" }
  const { tokens } = parseArgs({ args: args.slice(1), options, strict: false, tokens: true })
  const files: Record<string, string> = {}
  const numbers: Record<string, number> = {}
  const texts: Record<string, string> = {}
  const switches = new Set<string>()
  let debug = false
  for (const token of tokens) {
    if (token.kind !== "option") {
      return misuse(
        `"${token.kind === "positional" ? token.value : "--"}" is not understood; ${command} takes flags alone.`,
      )
    }
    if (token.name === "debug") {
      if (token.value !== undefined) return misuse("--debug is a switch: it takes no value.")
      debug = true
      continue
    }
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (flag === undefined) {
      return misuse(
        `${token.rawName} is no flag of ${command}; it takes ${list(Object.keys(flags).map((name) => `--${name}`)) || "none"}.`,
      )
    }
    if (flag.kind === "switch") {
      if (token.value !== undefined) return misuse(`--${token.name} is a switch: it takes no value.`)
      switches.add(token.name)
      continue
    }
    // A flag in the place of a value means that the value was forgotten.
    const isForgotten = token.inlineValue !== true && token.value?.startsWith("--") === true
    if (token.value === undefined || token.value === "" || isForgotten) {
      return misuse(`--${token.name} needs a value: ${flag.help}.`)
    }
    if ([files, numbers, texts].some((given) => Object.hasOwn(given, token.name)))
      return misuse(`--${token.name} is there twice.`)
    if (flag.kind === "number") {
      const value = numberOf(token.name, flag, token.value)
      if (typeof value === "string") return misuse(value)
      numbers[token.name] = value
    } else if (flag.kind === "text") {
      if (flag.choices?.includes(token.value) === false) {
        return misuse(`--${token.name} must be one of ${list(flag.choices)}, but is "${token.value}".`)
      }
      texts[token.name] = token.value
    } else {
      files[token.name] = token.value
    }
  }
  const missing = Object.entries(flags).find(([name, flag]) => flag.required === true && !(name in files))
  if (missing !== undefined) return misuse(`${command} needs --${missing[0]} ${missing[1].value}: ${missing[1].help}.`)
  return { kind: "run", command, files, numbers, texts, switches, debug }
}
