/**
 * The config that authorizing begins with, and the one that it ends with. Of the first everything is kept but the credentials;
 * the second is written whole or not at all, for its owner's eyes alone.
 */
import { randomBytes } from "node:crypto"
import { basename, dirname, join } from "node:path"
import { Effect, FileSystem, type PlatformError, Redacted, Result } from "effect"
import { secretsIn } from "../config/ConnectorConfig.ts"
import { parseSiteAddress } from "../config/siteAddress.ts"
import type { GrantedSite } from "../confluence/GrantedSites.ts"
import type { OauthClient, Tokens } from "../confluence/TokenEndpoint.ts"
import { isRecord } from "../json.ts"
import { type InputInvalid, named, readJson } from "../protocol/inputFile.ts"
import { AuthorizeFailed } from "./AuthorizeFailed.ts"

/** A config as it was found; each part is undefined where it is not there. */
export interface GivenConfig {
  /** As it was read; it need not be an object, which is for the decoder to say. */
  readonly json: unknown
  /** The host that `domain_name` stands for. */
  readonly host: string | undefined
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  /** Of credentials of another kind, which this sign-in replaces. */
  readonly replaced: string | undefined
  /** Every text that may be a secret. */
  readonly secrets: ReadonlyArray<string>
}

/** A text that says something: forms send blank ones for fields left empty. */
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined

/** What a config has of what is needed; an empty one for a new file. */
const given = (json: unknown): GivenConfig => {
  const top = isRecord(json) ? json : {}
  const { credentials: found, domain_name: domainName } = top
  const isFlat = found === undefined && textOf(top["api_token"]) !== undefined
  const credentials = isRecord(found) ? found : {}
  const authType = isFlat ? "api_token" : textOf(credentials["auth_type"])
  // The client id of a service account is one of another kind.
  const ours = authType === undefined || authType === "oauth2.0" ? credentials : {}
  const site = parseSiteAddress(textOf(domainName) ?? "", false)
  return {
    json,
    host: Result.isSuccess(site) ? new URL(site.success).host : undefined,
    clientId: textOf(ours["client_id"]),
    clientSecret: textOf(ours["client_secret"]),
    replaced: authType === "oauth2.0" ? undefined : authType,
    secrets: secretsIn(json),
  }
}

/** Reads the file of --config; none stands for a config with nothing in it. */
export const readGiven = Effect.fnUntraced(function* (
  path: string | undefined,
): Effect.fn.Return<GivenConfig, AuthorizeFailed | InputInvalid, FileSystem.FileSystem> {
  if (path === undefined) return given({})
  const files = yield* FileSystem.FileSystem
  const isThere = yield* Effect.orElseSucceed(files.exists(path), () => true)
  if (!isThere) {
    return yield* new AuthorizeFailed({
      message: `${named("--config", path)}: there is no such file. For a new config leave --config out, and name the file with --output.`,
    })
  }
  return given(yield* readJson("--config", path))
})

/** How `domain_name` names a site: by its host; a loopback address over http stays one. */
const domainNameOf = ({ url }: GrantedSite): string => {
  const { protocol, origin, host } = new URL(url)
  return protocol === "http:" ? origin : host
}

export interface Granted {
  readonly client: OauthClient
  readonly tokens: Omit<Tokens, "lifetimeMs">
  readonly site: GrantedSite
}

/** The config with the grant in it. What it says beside, known or not, stays. */
export const withGrant = ({ json, replaced }: GivenConfig, { client, tokens, site }: Granted): unknown => {
  if (!isRecord(json)) return json
  const { domain_name: _domainName, credentials, ...rest } = json
  const kept = replaced === undefined && isRecord(credentials) ? credentials : {}
  // Airbyte's own connector has the credentials at the top.
  const { email: _email, api_token: _apiToken, ...withoutFlat } = rest
  const others = credentials === undefined && replaced !== undefined ? withoutFlat : rest
  return {
    domain_name: domainNameOf(site),
    credentials: {
      ...kept,
      auth_type: "oauth2.0",
      client_id: client.client_id,
      client_secret: Redacted.value(client.client_secret),
      refresh_token: tokens.refreshToken === undefined ? undefined : Redacted.value(tokens.refreshToken),
      access_token: Redacted.value(tokens.accessToken),
      token_expiry_date: new Date(tokens.expiresAt).toISOString(),
    },
    ...others,
  }
}

/** A file that a config can be written to. */
export interface Target {
  /** As the person named it. */
  readonly name: string
  /** Behind any links. */
  readonly path: string
}

const REASONS: Readonly<Record<string, string>> = {
  NotFound: "there is no such folder",
  PermissionDenied: "this user may not write in its folder",
}

const reasonOf = ({ reason }: PlatformError.PlatformError): string => {
  const { cause } = reason as { readonly cause?: { readonly code?: string } }
  if (cause?.code === "ENOTDIR") return "there is no such folder"
  if (cause?.code === "EROFS") return "its file system takes no changes"
  if (cause?.code === "EPERM" || cause?.code === "EACCES") return REASONS["PermissionDenied"]!
  return REASONS[reason._tag] ?? `writing in its folder failed (${cause?.code ?? reason._tag})`
}

/** What the owner alone may do with a file that is there, or with a new one. */
const OWNER = 0o600

/**
 * A new file beside the target, which nobody else may read; it is gone at the end unless it has been moved. `keepsMode`: its owner may do
 * with it what he may do with the target.
 */
const besideTarget = ({ path }: Target, keepsMode = false) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const present = keepsMode ? yield* Effect.result(files.stat(path)) : undefined
    const mode = present !== undefined && Result.isSuccess(present) ? present.success.mode & OWNER : OWNER
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`)
    yield* Effect.addFinalizer(() => Effect.ignore(files.remove(temporary, { force: true })))
    const file = yield* files.open(temporary, { flag: "wx", mode })
    return { temporary, file }
  })

/**
 * Whether something is mounted in the place of the file alone, as a container's single file: nothing else can take that place. Linux tells it;
 * elsewhere nobody does.
 */
const isMounted = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const mounts = yield* Effect.orElseSucceed(files.readFileString("/proc/self/mountinfo"), () => "")
  const escaped = path.replaceAll(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  )
  return String(mounts)
    .split("\n")
    .some((line) => line.split(" ")[4] === escaped)
})

/** Finds out whether a file can be written, before it matters. `flag` is the one that names it. */
export const targetOf = Effect.fnUntraced(function* (
  flag: string,
  name: string,
): Effect.fn.Return<Target, AuthorizeFailed, FileSystem.FileSystem> {
  const files = yield* FileSystem.FileSystem
  const path = yield* Effect.orElseSucceed(files.realPath(name), () => name)
  const refused = (why: string) => new AuthorizeFailed({ message: `${flag} ${name}: it cannot be written: ${why}.` })
  const present = yield* Effect.result(files.stat(path))
  if (Result.isSuccess(present) && present.success.type !== "File") return yield* refused("it is not a file")
  if (yield* isMounted(path)) return yield* refused("it is mounted by itself: mount the folder that it is in")
  const target = { name, path }
  yield* besideTarget(target).pipe(
    Effect.scoped,
    Effect.mapError((error) => refused(reasonOf(error))),
  )
  return target
})

/** Puts the config in the place of the target at once, for the eyes of its owner alone. */
export const writeConfig = (
  target: Target,
  config: unknown,
  keepsMode = false,
): Effect.Effect<void, AuthorizeFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const { temporary, file } = yield* besideTarget(target, keepsMode)
    yield* file.writeAll(new TextEncoder().encode(`${JSON.stringify(config, undefined, 2)}\n`))
    yield* file.sync
    yield* files.rename(temporary, target.path)
  }).pipe(
    Effect.scoped,
    Effect.mapError(
      (error) =>
        new AuthorizeFailed({
          message: `${target.name} could not be written: ${reasonOf(error)}. It is as it was; the tokens are lost: call authorize again with another --output.`,
        }),
    ),
    Effect.uninterruptible,
  )
