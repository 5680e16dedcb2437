/**
 * `scopes`: the fewest scopes that a credential needs in order to read streams, one a line on stdout, and on stderr what to
 * do with them. It looks at facts alone, not at any site.
 */
import type { AuthType } from "../config/settings.ts"
import { scopesFor } from "../confluence/scopes.ts"
import { endpoints } from "../generated/endpoints.ts"
import { errorLine } from "../protocol/messages.ts"

/** Where a person gives these scopes to a credential of each kind. */
const whereTo: Readonly<Record<AuthType, string>> = {
  "oauth2.0":
    "add them to the app at https://developer.atlassian.com/console/myapps under Permissions (offline_access is asked for, not added)",
  service_account:
    "tick them when you create the OAuth 2.0 credential of the service account at https://admin.atlassian.com",
  api_token:
    "tick them when you create an API token with scopes at https://id.atlassian.com/manage-profile/security/api-tokens; a token without scopes needs none",
}

/** `texts`: the flags streams (names with commas between them, all by default) and auth-type. */
export const printScopes = (texts: Readonly<Record<string, string>>): void => {
  const authType = (texts["auth-type"] ?? "api_token") as AuthType
  const known = Object.keys(endpoints)
  const streams = texts["streams"]?.split(",").map((name) => name.trim()) ?? known
  const unknown = streams.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const message = `"${unknown}" is no stream; the streams are ${known.join(", ")}.`
    process.stderr.write(`${message}\n`)
    process.stdout.write(errorLine({ message, failureType: "config_error" }, Date.now()))
    process.exitCode = 1
    return
  }
  const scopes = scopesFor(
    streams.flatMap((name) => endpoints[name]!),
    authType,
  )
  process.stderr.write(
    `The scopes that ${authType} needs to sign in and to read ${[...new Set(streams)].join(", ")}: ${whereTo[authType]}.\n`,
  )
  process.stdout.write(scopes.map((scope) => `${scope}\n`).join(""))
}
