/**
 * What a config holds that nothing obeys: keys that nobody knows, with the name that was probably meant, and settings that do
 * nothing beside the others that are given. Said in sentences with names of keys alone, for any value may be a secret.
 */
import { isRecord } from "../json.ts"
import { isAuthType, keysOf } from "./configSchema.ts"
import { type JsonObject, tidy } from "./ConnectorConfig.ts"
import { type AuthType, authTypes } from "./settings.ts"

/** The keys of the config of Airbyte's own connector that have moved into `credentials`. */
const FLAT = ["email", "api_token"] as const

/** A key as a message may show it: what is long or odd may be a secret in the wrong place. */
const shown = (group: string | undefined, key: string): string => {
  const name = /^[A-Za-z_][\w.-]{0,39}$/.test(key) ? key : `(a key of ${key.length} characters)`
  return `"${group === undefined ? "" : `${group}.`}${name}"`
}

/** Insertions, deletions and replacements between two texts. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (let to = 0; to < other.length; to++) {
      next.push(Math.min(row[to]! + (letter === other[to] ? 0 : 1), row[to + 1]! + 1, next[to]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "")

/** The known key, with its group, that is most like an unknown one; undefined where none is like it. */
const nearest = (
  group: string | undefined,
  key: string,
  known: Readonly<Record<string, ReadonlyArray<string>>>,
): string | undefined => {
  const names: Array<readonly [name: string, cost: number]> = []
  const consider = (of: string | undefined, each: string): void => {
    // A key of the same group is more likely than the same name elsewhere.
    const cost = distance(plain(key), plain(each)) + (of === group ? 0 : 0.5)
    if (cost <= Math.max(2, Math.floor(each.length / 3))) names.push([of === undefined ? each : `${of}.${each}`, cost])
  }
  for (const [top, inside] of Object.entries(known)) {
    consider(undefined, top)
    for (const each of inside) consider(top, each)
  }
  const [best] = names.toSorted(([, one], [, other]) => one - other)
  return best?.[0]
}

const unknown = (group: string | undefined, key: string, known: Parameters<typeof nearest>[2]): string => {
  const meant = nearest(group, key, known)
  return `The config's key ${shown(group, key)} is not known and has no effect${meant === undefined ? "." : `: did you mean "${meant}"?`}`
}

const quoted = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(" and ")

/** Keys within `credentials` that this way to sign in does not have. */
const inCredentials = (given: JsonObject, authType: AuthType): ReadonlyArray<string> => {
  const known = keysOf(authType)
  return Object.keys(given)
    .filter((key) => !known["credentials"]!.includes(key))
    .map((key) => {
      const others = authTypes.filter((type) => keysOf(type)["credentials"]!.includes(key))
      return others.length === 0
        ? unknown("credentials", key, known)
        : `The setting ${shown("credentials", key)} has no effect: it belongs to the auth_type ${quoted(others)}, but the auth_type is "${authType}".`
    })
}

/** Airbyte's own keys begin so; they are for the platform. */
const isPlatforms = (key: string): boolean => key.startsWith("_")

/** A sentence for each key that does nothing, in the order of the config. `input`: a config that has been decoded. */
export const unusedKeys = (input: unknown): ReadonlyArray<string> => {
  const given = tidy(input, 0)
  if (!isRecord(given)) return []
  const credentials = given["credentials"]
  const authType = isRecord(credentials) ? credentials["auth_type"] : "api_token"
  if (!isAuthType(authType)) return []
  const known = keysOf(authType)
  return Object.entries(given).flatMap(([key, value]) => {
    if (isPlatforms(key)) return []
    if (FLAT.some((name) => name === key)) {
      return credentials === undefined
        ? []
        : [`The setting "${key}" has no effect, because there are "credentials", where it would have to be.`]
    }
    if (!Object.hasOwn(known, key)) return [unknown(undefined, key, known)]
    if (!isRecord(value)) return []
    if (key === "credentials") return inCredentials(value, authType)
    return Object.keys(value).flatMap((inner) => {
      if (!known[key]!.includes(inner)) return isPlatforms(inner) ? [] : [unknown(key, inner, known)]
      if (key === "endpoints" && inner === "auth" && authType === "api_token") {
        return [`The setting "endpoints.auth" has no effect: an API token is not renewed by an authorization server.`]
      }
      if (key === "endpoints" && inner === "admin" && given["organization"] === undefined) {
        return [`The setting "endpoints.admin" has no effect without "organization".`]
      }
      return []
    })
  })
}
