/**
 * Where e-mail addresses come from that profiles hide: the export of users, and the organization's administration. The stream of
 * users alone asks, so that neither costs anything where nobody reads it.
 */
import { Context, Data, type Effect } from "effect"
import type { Person } from "../confluence/organizationPeople.ts"
import type { AddressTable } from "./AddressTable.ts"

/** One of the two could not be read. It costs the addresses that it alone would have told. */
export class EmailsUnread extends Data.TaggedError("EmailsUnread")<{
  /** Whole sentences that name the setting. */
  readonly message: string
  readonly internalMessage?: string | undefined
  readonly failureType: "transient_error" | "config_error" | "system_error"
}> {}

/** What the config says of e-mail addresses. */
export class Emails extends Context.Service<
  Emails,
  {
    /** Notes the addresses of the accounts that are in the table, and of no others. Undefined: the config has no export. */
    readonly csv: ((table: AddressTable) => Effect.Effect<void, EmailsUnread>) | undefined
    /** Hands over the people of the organization, page by page. Undefined: the config names none. */
    readonly organization:
      | ((take: (people: ReadonlyArray<Person>) => void) => Effect.Effect<void, EmailsUnread>)
      | undefined
  }
>()("source-confluence/Emails") {}
