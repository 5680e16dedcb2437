/**
 * What `check` tells of e-mail addresses: how many accounts hide theirs, what would bring them, and whether what the config names for
 * that can be read. Two requests to the site, one to the organization, however many people there are.
 */
import { Effect, type FileSystem } from "effect"
import type { ConnectorConfig } from "../config/ConnectorConfig.ts"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { readPage, type Row } from "../confluence/Listing.ts"
import type { RequestLog } from "../confluence/RequestLog.ts"
import type { Transport } from "../confluence/Transport.ts"
import { isRecord } from "../json.ts"
import type { OutputClosed } from "../protocol/Output.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { AddressTable } from "../site/AddressTable.ts"
import { LOOK_UP, search } from "../streams/definitions/users.ts"
import { emailSources } from "./emailSources.ts"

/** The accounts of the first page of the search for users, as the look-up has them. */
const somePeople = Effect.gen(function* () {
  const client = yield* ConfluenceClient
  const { rows } = yield* readPage(search, undefined, search.limit)
  const ids = rows.flatMap(({ user }) =>
    isRecord(user) && typeof user["accountId"] === "string" ? [user["accountId"]] : [],
  )
  if (ids.length === 0) return []
  const { body } = yield* client.request({ method: "POST", path: LOOK_UP.path, body: { accountIds: ids } })
  const found: unknown = isRecord(body) ? body["results"] : undefined
  return Array.isArray(found) ? found.filter(isRecord) : []
})

const hidesAddress = ({ email }: Row): boolean => typeof email !== "string" || email === ""

const told = (
  all: number,
  hidden: number,
  known: number,
  config: ConnectorConfig,
  isOrganizationRead: boolean,
): string => {
  const head = `users: of ${all} accounts looked at, ${hidden} show no e-mail address in their profile`
  const { user_emails_csv: csv, organization } = config
  if (csv === undefined && organization === undefined) {
    return `${head}. An export of users ("user_emails_csv") or an API key of the organization ("organization") would bring it.`
  }
  const exported = csv === undefined ? "" : `; the export of users knows ${known} of them`
  return `${head}${exported}.${isOrganizationRead ? " The organization is asked for what is left." : ""}`
}

/** Logs what there is to tell; answers what the result of the check should say. `canReadUsers`: the stream itself can be read. */
export const checkEmails = (
  config: ConnectorConfig,
  cloud: boolean,
  canReadUsers: boolean,
): Effect.Effect<
  ReadonlyArray<string>,
  OutputClosed,
  ConfluenceClient | Reporter | RequestLog | Transport | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const reporter = yield* Reporter
    const { csv, organization } = yield* emailSources(config, { atOnce: true, cloud })
    const people = canReadUsers ? yield* Effect.orElseSucceed(somePeople, () => []) : []
    const hidden = people.filter(hidesAddress)
    const table = new AddressTable()
    for (const { accountId } of hidden) table.add(String(accountId))
    const problems: Array<string> = []
    const tried = (reading: Effect.Effect<void, { readonly message: string }>) =>
      Effect.matchEffect(reading, {
        onSuccess: () => Effect.succeed(true),
        onFailure: ({ message }) =>
          Effect.as(reporter.log("WARN", `users: ${message}`), false).pipe(
            Effect.tap(Effect.sync(() => problems.push(message))),
          ),
      })
    if (csv !== undefined) yield* tried(csv(table))
    const isOrganizationRead = organization !== undefined && (yield* tried(organization(() => {})))
    if (people.length > 0) {
      const known = [...table.accounts].filter((id) => table.get(id) !== undefined).length
      yield* reporter.log("INFO", told(people.length, hidden.length, known, config, isOrganizationRead))
    }
    return problems
  })
