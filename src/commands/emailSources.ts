/** Puts together where e-mail addresses come from beside profiles, as the config says: readers that name their setting when they fail. */
import { Effect, FileSystem, Layer, type PlatformError, type Redacted, Stream } from "effect"
import type { ConnectorConfig } from "../config/ConnectorConfig.ts"
import { exportPlaceOf } from "../config/emailExport.ts"
import { bearer, Credentials } from "../confluence/Credentials.ts"
import { download, type Receiver } from "../confluence/download.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { Exchange } from "../confluence/Exchange.ts"
import { organizationPeople, type Person } from "../confluence/organizationPeople.ts"
import { RateControl } from "../confluence/RateControl.ts"
import { CERTAIN } from "../confluence/reaching.ts"
import type { RequestLog } from "../confluence/RequestLog.ts"
import type { Transport } from "../confluence/Transport.ts"
import type { AddressTable } from "../site/AddressTable.ts"
import { type Emails, EmailsUnread } from "../site/Emails.ts"
import { ExportUnreadable, UserExport } from "../site/userExport.ts"
import { version } from "../version.ts"

type Told = Pick<EmailsUnread, "message" | "failureType" | "internalMessage">

const csvUnread = ({ message, ...told }: Told): EmailsUnread =>
  new EmailsUnread({ ...told, message: `The export of users ("user_emails_csv") cannot be read. ${message}` })

const unreadableOf = (cause: unknown): EmailsUnread | undefined =>
  cause instanceof ExportUnreadable ? csvUnread({ message: cause.message, failureType: "config_error" }) : undefined

/** Hands an export over; what it throws is the fault of the export. */
const handed = (receive: () => Promise<void>): Effect.Effect<void, EmailsUnread> =>
  Effect.tryPromise({ try: receive, catch: (cause) => cause }).pipe(
    Effect.catch((cause) => {
      const unread = unreadableOf(cause)
      return unread === undefined ? Effect.die(cause) : Effect.fail(unread)
    }),
  )

const FILE_REASONS: Readonly<Record<string, string>> = {
  NotFound: "there is no such file",
  PermissionDenied: "this user may not read it",
  BadResource: "it is not a file",
}

/** A path as a message may show it: what is long or holds an address may be something else in its place. */
const shownPath = (path: string): string => (path.length <= 200 && !path.includes("@") ? `${path}: ` : "")

const fileUnread = (path: string, { reason }: PlatformError.PlatformError): EmailsUnread =>
  csvUnread({
    failureType: "config_error",
    message: `${shownPath(path)}${FILE_REASONS[reason._tag] ?? `reading it failed (${reason._tag})`}. Give the path of a file that the connector can see, an https:// address, or the text of the export itself.`,
  })

/** So much of a text is turned into bytes at a time. */
const PIECE = 65_536

const readText = Effect.fnUntraced(function* (text: string, receiver: Receiver) {
  for (let at = 0; at < text.length;) {
    // Both halves of a surrogate pair stay in one piece.
    const half = text.charCodeAt(at + PIECE - 1)
    const end = at + PIECE + (half >= 0xd800 && half < 0xdc00 ? 1 : 0)
    const piece = Buffer.from(text.slice(at, end))
    yield* handed(() => receiver.write(piece))
    at = end
  }
  yield* handed(() => receiver.end())
})

const readFile = Effect.fnUntraced(function* (path: string, receiver: Receiver) {
  const files = yield* FileSystem.FileSystem
  yield* files.stream(path).pipe(
    Stream.mapError((error) => fileUnread(path, error)),
    Stream.runForEach((piece) =>
      handed(() => receiver.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length))),
    ),
  )
  yield* handed(() => receiver.end())
})

const readExport = (
  setting: string,
  cloud: boolean,
  table: AddressTable,
): Effect.Effect<void, EmailsUnread, FileSystem.FileSystem | Transport> => {
  // The first row of an account that has an address counts; its other rows repeat it.
  const receiver = () => new UserExport((accountId, email) => table.note(accountId, email))
  const place = exportPlaceOf(setting)
  switch (place.kind) {
    case "text":
      return readText(place.text, receiver())
    case "path":
      return readFile(place.path, receiver())
    case "address":
      return download(place.address, cloud, receiver, unreadableOf).pipe(
        Effect.catchTag("DownloadFailed", (failed) => Effect.fail(csvUnread(failed))),
      )
  }
}

const KEY_ADVICE =
  "An organization admin makes one at admin.atlassian.com, under Settings, API keys, Create API key, without scopes."

/** What a failure of the organization's API means to whoever has to mend it. */
const organizationUnread = (error: ConfluenceError): EmailsUnread => {
  const say = (failureType: EmailsUnread["failureType"], message: string) =>
    new EmailsUnread({ failureType, message, internalMessage: error.internalMessage ?? error.message })
  switch (error._tag) {
    case "CredentialsRejected":
      return say(
        "config_error",
        `Atlassian does not take the API key of the organization ("organization.api_key", 401 Unauthorized): it is wrong, has expired or was revoked. ${KEY_ADVICE}`,
      )
    case "Forbidden":
    case "ScopeMissing":
    case "NotLicensed":
      return say(
        "config_error",
        `The API key of the organization ("organization.api_key") may not list its people (403 Forbidden): check that "organization.id" is the organization that the key is of. ${KEY_ADVICE}`,
      )
    case "NotFound":
    case "BadRequest":
    case "EndpointRemoved":
      return say(
        "config_error",
        'Atlassian knows no organization with this id ("organization.id"), or not for this API key ("organization.api_key"). You find the id in the address of admin.atlassian.com, after /o/, and beside the key when you make it.',
      )
    default:
      return say(error.failureType, `The API of the organization ("organization") could not be read. ${error.message}`)
  }
}

const keyCredentials = (key: Redacted.Redacted<string>): Layer.Layer<Credentials> =>
  Layer.succeed(Credentials, {
    authorization: Effect.succeed(bearer(key)),
    rejected: () => Effect.succeed(false),
    trust: () => Effect.succeed("always"),
    remedies: { rejected: 'check "organization.api_key"', scope: "create an API key without scopes" },
  })

/** How the sources are read. */
export interface EmailOptions {
  /** Somebody waits for an answer: what is certain is not tried again, and a look at the organization is enough. */
  readonly atOnce: boolean
  /** Airbyte Cloud. */
  readonly cloud: boolean
}

/** The sources that the config names. Requests are counted in the log of the site's; their pace is their own. */
export const emailSources = (
  { user_emails_csv, organization, endpoints }: ConnectorConfig,
  { atOnce, cloud }: EmailOptions,
): Effect.Effect<Emails["Service"], never, FileSystem.FileSystem | Transport | RequestLog> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<FileSystem.FileSystem | Transport | RequestLog>()
    const people = (take: (some: ReadonlyArray<Person>) => void) =>
      Exchange.use(({ request }) =>
        organizationPeople(request, { admin: endpoints.admin, id: organization!.id }, take, atOnce),
      ).pipe(
        Effect.mapError(organizationUnread),
        Effect.provide(
          Exchange.layer({ version, certain: atOnce ? CERTAIN : undefined }).pipe(
            Layer.provide(keyCredentials(organization!.api_key)),
            Layer.provide(RateControl.layer({ numWorkers: 1 })),
          ),
        ),
        Effect.provide(services),
      )
    return {
      csv:
        user_emails_csv === undefined
          ? undefined
          : (table) => readExport(user_emails_csv, cloud, table).pipe(Effect.provide(services)),
      organization: organization === undefined ? undefined : people,
    }
  })
