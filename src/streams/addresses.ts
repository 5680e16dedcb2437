/**
 * The e-mail addresses of one reading of users: the profile's, else that of the export, else that of the organization.
 *
 * A source that cannot be read costs the addresses that it alone would have told. Rows without an address say then, by
 * `meta.changes`, that theirs could not be had, and the stream ends with an error that names the setting: no address is shown as
 * missing that is only unread.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { CHANGES, type Change, changesOf } from "../protocol/recordLines.ts"
import { AddressTable } from "../site/AddressTable.ts"
import { type Emails, EmailsUnread } from "../site/Emails.ts"
import type { PartsUnread } from "../sync/failures.ts"

const UNREAD: Change = { field: "email", change: "NULLED", reason: "SOURCE_RETRIEVAL_ERROR" }

const TAIL =
  "All that could be read was sent, without the addresses that only this would have told; the next sync asks again."

export interface Addresses {
  readonly readOrganization: Effect.Effect<void>
  /** The accounts that the organization has named. */
  readonly people: () => Iterable<string>
  readonly readCsv: (accounts: Iterable<string>) => Effect.Effect<void>
  readonly withEmail: (row: Row) => Row
  /** Fails with what could not be read, `others` included, if there is anything. */
  readonly failWith: (others: ReadonlyArray<PartsUnread>) => Effect.Effect<void, EmailsUnread | PartsUnread>
}

const joined = (unread: ReadonlyArray<EmailsUnread>, others: ReadonlyArray<PartsUnread>): EmailsUnread => {
  const all = [...unread, ...others]
  return new EmailsUnread({
    message: [
      `users: ${unread.map(({ message }) => message).join(" ")} ${TAIL}`,
      ...others.map(({ message }) => message),
    ].join(" "),
    internalMessage: all.find(({ internalMessage }) => internalMessage !== undefined)?.internalMessage,
    // Where one of them may pass by itself, it is worth trying again.
    failureType: all.find(({ failureType }) => failureType === "transient_error")?.failureType ?? all[0]!.failureType,
  })
}

export const makeAddresses = ({ csv, organization }: Emails["Service"]): Addresses => {
  const unread: Array<EmailsUnread> = []
  const [fromCsv, fromOrganization] = [new AddressTable(), new AddressTable()]
  const noting = (reading: Effect.Effect<void, EmailsUnread>) =>
    Effect.catch(reading, (error) => Effect.sync(() => void unread.push(error)))
  return {
    readOrganization:
      organization === undefined
        ? Effect.void
        : noting(
            organization((people) => {
              for (const { accountId, email } of people) {
                fromOrganization.add(accountId)
                if (email !== undefined) fromOrganization.note(accountId, email)
              }
            }),
          ),
    people: () => fromOrganization.accounts,
    readCsv: (accounts) =>
      csv === undefined
        ? Effect.void
        : Effect.suspend(() => {
            for (const id of accounts) fromCsv.add(id)
            return noting(csv(fromCsv))
          }),
    withEmail: (row) => {
      const id = String(row["accountId"])
      const own = row["email"]
      const found = (
        [
          ["profile", typeof own === "string" && own !== "" ? own : undefined],
          ["csv", fromCsv.get(id)],
          ["organization", fromOrganization.get(id)],
        ] as const
      ).find(([, email]) => email !== undefined)
      row["emailSource"] = found?.[0] ?? null
      if (found !== undefined) row["email"] = found[1]
      else if (unread.length > 0) Object.assign(row, { email: null, [CHANGES]: [...changesOf(row), UNREAD] })
      return row
    },
    failWith: (others) => {
      if (unread.length > 0) return Effect.fail(joined(unread, others))
      return others.length > 0 ? Effect.fail(others[0]!) : Effect.void
    },
  }
}
