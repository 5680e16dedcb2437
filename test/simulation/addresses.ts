/** The e-mail addresses of a site's accounts, as they are known where the config names the site's organization. */
import { addressOf } from "../../src/sample-site/people.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"

type Row = Readonly<Record<string, unknown>>

/** The rows of accounts with the addresses that their profiles hide, as far as the organization tells them. */
export const withAddresses = (site: SampleSite, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  if (site.config()["organization"] === undefined) return rows
  const isManagedAlone = site.settings.quirks.organizationLists === "managed"
  const addresses = new Map(site.users.map((user) => [user.accountId, addressOf(user)]))
  const isTold = (address: string) => address !== "" && (!isManagedAlone || address.endsWith("@northwind.example"))
  return rows.map((row) => {
    const address = addresses.get(String(row["accountId"])) ?? ""
    return row["email"] === "" && isTold(address) ? { ...row, email: address } : row
  })
}
