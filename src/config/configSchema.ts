/**
 * The shape of a config: one schema for each setting, with the end of the sentence that is said when its value is bad.
 * Keys are those of the config file, so that the file, the messages and the code use one name for one thing.
 */
import { Effect, Result, Schema, SchemaAST } from "effect"
import { parseDateTime } from "./dates.ts"
import { exportRefusal } from "./emailExport.ts"
import { alternatives, group, list, matching, number, oneOf, required, text } from "./fields.ts"
import { filters } from "./filters.ts"
import * as allowed from "./settings.ts"
import { parseEndpoint, parseSiteAddress, type Refusal } from "./siteAddress.ts"

const secret = (what: string) =>
  Schema.RedactedFromValue(matching(`must be ${what}, without blanks or line breaks`, allowed.apiTokenPattern))

const clientFields = {
  client_id: text("must be the client id of your OAuth 2.0 app").pipe(
    required("give the client id that Atlassian shows for the OAuth 2.0 app or the service account's credential"),
  ),
  client_secret: secret("the client secret").pipe(required("give the secret that belongs to the client id")),
}

const DATE_TIME = `must be a date and time with a time zone (RFC 3339), such as "2026-01-31T00:00:00Z"`
const dateTime = Schema.String.annotate({ message: `${DATE_TIME}, but is {type}` }).check(
  Schema.makeFilter((value) => parseDateTime(value) !== undefined, { message: DATE_TIME }),
)

const address = (
  parse: (value: string, cloud: boolean) => Result.Result<string, Refusal>,
  what: string,
  cloud: boolean,
) =>
  Schema.String.annotate({ message: `must be ${what}, but is {type}` }).check(
    Schema.makeFilter((value) =>
      Result.match(parse(value, cloud), { onSuccess: () => undefined, onFailure: (why) => why }),
    ),
  )

const endpoint = (byDefault: string, cloud: boolean) =>
  address(parseEndpoint, `an address such as "https://api.atlassian.com", without a path`, cloud).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(byDefault)),
  )

/** The credentials of each way to sign in. */
const credentialsOf = {
  "oauth2.0": group({
    auth_type: Schema.Literal("oauth2.0"),
    ...clientFields,
    refresh_token: secret("the refresh token").pipe(required("sign in again to get one")),
    access_token: Schema.optionalKey(secret("the access token")),
    token_expiry_date: Schema.optionalKey(dateTime),
  }),
  service_account: group({ auth_type: Schema.Literal("service_account"), ...clientFields }),
  api_token: group({
    auth_type: Schema.Literal("api_token"),
    email: matching(
      `must be the email address of your Atlassian account, such as "you@example.com"`,
      allowed.emailPattern,
    ).pipe(required("give the email address of the Atlassian account that the API token belongs to")),
    api_token: secret("the API token").pipe(
      required("create one at https://id.atlassian.com/manage-profile/security/api-tokens"),
    ),
  }),
} as const

/** How the connector signs in; told apart by `auth_type`. */
type Credentials = (typeof credentialsOf)[allowed.AuthType]["Type"]

export const isAuthType = (value: unknown): value is allowed.AuthType =>
  allowed.authTypes.some((type) => type === value)

/** Credentials without a known `auth_type`: never valid, so that the message is about that key and not about one way's keys. */
const credentialsOfNoKind = group({
  auth_type: oneOf(allowed.authTypes).pipe(required(`it must be ${alternatives(allowed.authTypes)}`)),
})

const settings = <C extends Schema.Top>(credentials: C, cloud: boolean) =>
  Schema.Struct({
    domain_name: address(parseSiteAddress, `the site's address, such as "acme.atlassian.net"`, cloud).pipe(
      required(`give the site's address, such as "acme.atlassian.net"`),
    ),
    credentials: credentials.pipe(required(`give "auth_type" and what belongs to it, such as "email" and "api_token"`)),
    filters: filters.pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
    body_format: oneOf(allowed.bodyFormats).pipe(Schema.withDecodingDefaultKey(Effect.succeed("storage" as const))),
    custom_content_types: list(
      text(`must be a type of custom content, such as "ac:my-app:my-type"`),
      `must be a list of types of custom content`,
    ),
    attachments: group({
      max_file_size_mb: number(allowed.maxFileSizeMb, "a number"),
      media_types: list(
        matching(`must be a media type, such as "application/pdf" or "image/*"`, allowed.mediaTypePattern),
        `must be a list of media types, such as ["application/pdf", "image/*"]`,
      ),
    }).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
    reconcile_interval_hours: number(allowed.reconcileIntervalHours, "a number"),
    lookback_minutes: number(allowed.lookbackMinutes, "a number"),
    max_deletion_percent: number(allowed.maxDeletionPercent, "a number"),
    user_emails_csv: Schema.optionalKey(
      text("must be the export of users: its text, a path or an https:// address").check(
        Schema.makeFilter((value) => exportRefusal(value, cloud)),
      ),
    ),
    organization: Schema.optionalKey(
      group({
        id: text("must be the id of your Atlassian organization").pipe(
          required("give the id of your Atlassian organization"),
        ),
        api_key: secret("the API key of your organization").pipe(
          required("give an API key of your Atlassian organization"),
        ),
      }),
    ),
    num_workers: number(allowed.numWorkers, "a whole number"),
    endpoints: group({
      gateway: endpoint(allowed.endpoints.gateway, cloud),
      auth: endpoint(allowed.endpoints.auth, cloud),
      admin: endpoint(allowed.endpoints.admin, cloud),
    }).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  }).annotate({ message: "must be an object, but is {type}" })

/** A config with every default filled in; `domain_name` still as it was given. */
export type Settings = Omit<ReturnType<typeof settings>["Type"], "credentials"> & { readonly credentials: Credentials }

/**
 * The schema of a config with these credentials. It is chosen by `auth_type` beforehand, because the issues of a union speak
 * of no member in particular.
 */
export const schemaFor = (authType: unknown, cloud: boolean): Schema.ConstraintDecoder<Settings> =>
  settings(isAuthType(authType) ? credentialsOf[authType] : credentialsOfNoKind, cloud) as never

const propertiesOf = (ast: SchemaAST.AST) => (SchemaAST.isObjects(ast) ? ast.propertySignatures : [])

/** The keys of a config with these credentials; for each that is a group, those within it. */
export const keysOf = (authType: allowed.AuthType): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    propertiesOf(settings(credentialsOf[authType], false).ast).map(({ name, type }) => [
      String(name),
      propertiesOf(type).map((inside) => String(inside.name)),
    ]),
  )
