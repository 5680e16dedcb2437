/**
 * The config that a person or the platform hands to the connector, decoded: complete, with defaults, secrets redacted.
 * What is wrong with a bad one is said in sentences that name the key, what was given and what is allowed; they never hold
 * a secret or a value of a key that the connector does not know.
 */
import { Data, Effect, Result, Schema, SchemaIssue } from "effect"
import { isRecord } from "../json.ts"
import { type Settings, schemaFor } from "./configSchema.ts"
import { secretsOfExport } from "./emailExport.ts"
import { parseEndpoint, parseSiteAddress } from "./siteAddress.ts"

/**
 * A decoded config: every setting under its key in the config file, `domain_name` replaced by the origin that it stands for.
 * The dates of filters are milliseconds since 1970; that of a token stays RFC 3339 text as given.
 */
export interface ConnectorConfig extends Omit<Settings, "domain_name"> {
  /** The origin of the site, such as `https://acme.atlassian.net`: no path, no trailing slash. */
  readonly siteUrl: string
}

/** The config is not usable; the user can mend it. */
export class ConfigInvalid extends Data.TaggedError("ConfigInvalid")<{
  /** Up to three problems as sentences, and how many more there are. */
  readonly message: string
  /** Every problem as a sentence. */
  readonly problems: ReadonlyArray<string>
}> {
  readonly failureType = "config_error"
}

/** Most problems that one message tells: more would bury the first. */
const PROBLEMS_TOLD = 3

const invalid = (problems: ReadonlyArray<string>): ConfigInvalid => {
  const more = problems.length - PROBLEMS_TOLD
  const rest = more > 0 ? [`There ${more === 1 ? "is 1 more problem" : `are ${more} more problems`}.`] : []
  return new ConfigInvalid({ message: [...problems.slice(0, PROBLEMS_TOLD), ...rest].join(" "), problems })
}

export type JsonObject = { readonly [key: string]: unknown }

/** No setting is deeper than an entry of a list inside a group; anything below belongs to a key that nobody reads. */
const DEEPEST = 3

/**
 * The config without what means "not given": nulls, blank texts and objects that hold nothing else, all of which settings
 * forms send for fields left empty. Blanks around texts go too: they come with copied tokens and addresses.
 */
export const tidy = (value: unknown, depth: number): unknown => {
  if (typeof value === "string") return value.trim()
  if (depth === DEEPEST) return value
  if (Array.isArray(value)) return value.map((item) => tidy(item, depth + 1))
  if (!isRecord(value)) return value
  const isGiven = (field: unknown) =>
    field !== null && field !== undefined && field !== "" && !(isRecord(field) && Object.keys(field).length === 0)
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, field]) => [key, tidy(field, depth + 1)] as const)
      .filter(([, field]) => isGiven(field)),
  )
}

/** The config of Airbyte's own connector has the API token at the top: `{domain_name, email, api_token, num_workers}`. */
const isFlat = (given: JsonObject): boolean =>
  given["credentials"] === undefined && ("email" in given || "api_token" in given)

const nested = ({ email, api_token, ...others }: JsonObject): JsonObject => ({
  ...others,
  credentials: {
    auth_type: "api_token",
    ...(email === undefined ? {} : { email }),
    ...(api_token === undefined ? {} : { api_token }),
  },
})

const at = (value: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>((inside, key) => (inside as { readonly [key: PropertyKey]: unknown } | undefined)?.[key], value)

const typeName = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : `a ${typeof value}`

/** A value as a message may show it: a text only if it is a short word, which no API token is. */
const shown = (value: unknown): string => {
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  return typeof value === "string" && /^[A-Za-z0-9_. -]{1,20}$/.test(value) ? `"${value}"` : typeName(value)
}

const toIssues = SchemaIssue.makeFormatterStandardSchemaV1()

const sentences = (
  issue: SchemaIssue.Issue,
  raw: JsonObject,
  given: JsonObject,
  flat: boolean,
): ReadonlyArray<string> =>
  // A number may fail two checks that say the same.
  Array.from(
    new Set(
      toIssues(issue).issues.map(({ message, path = [] }) => {
        const keys = path.map((part) => (typeof part === "object" ? part.key : part))
        const inFile = flat && keys[0] === "credentials" ? keys.slice(1) : keys
        const name = inFile
          .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
          .join("")
        const value = at(given, keys)
        if (value === undefined)
          return `"${name}" is ${typeof at(raw, inFile) === "string" ? "empty" : "missing"}: ${message}.`
        return `"${name}" ${message.replace("{value}", () => shown(value)).replace("{type}", typeName(value))}.`
      }),
    ),
  )

const decode = (input: unknown, cloud: boolean): Result.Result<ConnectorConfig, ConfigInvalid> => {
  if (!isRecord(input)) return Result.fail(invalid([`The config must be a JSON object, but is ${typeName(input)}.`]))
  const tidied = tidy(input, 0) as JsonObject
  const flat = isFlat(tidied)
  const given = flat ? nested(tidied) : tidied
  const decoded = Schema.decodeUnknownResult(schemaFor(at(given, ["credentials", "auth_type"]), cloud), {
    errors: "all",
  })(given)
  if (Result.isFailure(decoded)) return Result.fail(invalid(sentences(decoded.failure.issue, input, given, flat)))
  const { domain_name, ...settings } = decoded.success
  return Result.succeed({
    ...settings,
    siteUrl: Result.getOrThrow(parseSiteAddress(domain_name, cloud)),
    endpoints: {
      gateway: Result.getOrThrow(parseEndpoint(settings.endpoints.gateway, cloud)),
      auth: Result.getOrThrow(parseEndpoint(settings.endpoints.auth, cloud)),
      admin: Result.getOrThrow(parseEndpoint(settings.endpoints.admin, cloud)),
    },
  })
}

/**
 * Decodes a config as it was read from JSON, of this connector or of Airbyte's own. Unknown keys are ignored; null and blank
 * stand for "not given". With `deploymentMode` "cloud" (the platform's DEPLOYMENT_MODE), addresses must be public and https.
 */
export const decodeConfig = (
  input: unknown,
  options: { readonly deploymentMode?: string | undefined },
): Effect.Effect<ConnectorConfig, ConfigInvalid> =>
  Effect.suspend(() => Effect.fromResult(decode(input, isCloud(options.deploymentMode))))

/** Whether the platform's DEPLOYMENT_MODE says that we run on Airbyte Cloud. */
export const isCloud = (deploymentMode: string | undefined): boolean => deploymentMode?.toLowerCase() === "cloud"

/** The keys whose values are secret, at the top of a config (Airbyte's own connector has one there) or in a group. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  "client_secret",
  "refresh_token",
  "access_token",
  "api_token",
  "api_key",
])

const secretsBelow = (value: unknown, isSecret: boolean, depth: number): ReadonlyArray<string> => {
  if (typeof value === "string") return isSecret ? [value.trim()] : []
  if (typeof value !== "object" || value === null || depth === DEEPEST) return []
  return Object.entries(value).flatMap(([key, inside]) =>
    secretsBelow(inside, isSecret || SECRET_KEYS.has(key), depth + 1),
  )
}

/** Every secret of a config as it was read from JSON, for the mask over all output; the config may be a bad one. */
export const secretsIn = (input: unknown): ReadonlyArray<string> => [
  ...secretsBelow(input, false, 0),
  ...(isRecord(input) ? secretsOfExport(input["user_emails_csv"]) : []),
]

/**
 * Settings that this version decodes without acting on them: a setting leaves this list when something obeys it, and enters
 * the settings form (specification.ts).
 */
const NOT_IN_EFFECT = ["attachments"] as const satisfies ReadonlyArray<keyof ConnectorConfig>

/** The names of the settings that are given, differ from their default, and have no effect yet, such as `filters.spaces_include`. */
export const notInEffect = (config: ConnectorConfig): ReadonlyArray<string> => {
  const untouched = Result.getOrThrow(decode({ domain_name: "acme", email: "you@example.com", api_token: "-" }, false))
  const differs = (value: unknown, byDefault: unknown) => JSON.stringify(value) !== JSON.stringify(byDefault)
  return NOT_IN_EFFECT.flatMap((key) => {
    const [value, byDefault]: ReadonlyArray<unknown> = [config[key], untouched[key]]
    if (!isRecord(value) || !isRecord(byDefault)) return differs(value, byDefault) ? [key] : []
    return Object.keys(value)
      .filter((field) => differs(value[field], byDefault[field]))
      .map((field) => `${key}.${field}`)
  })
}
