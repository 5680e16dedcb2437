/** What an export of users with half a million rows costs, as a file and by http. */
import { createReadStream, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { jsonFile, read } from "./connector.ts"
import type { Figure } from "./results.ts"
import { catalogOf, withSite } from "./sampleSite.ts"

const ROWS = 500_000

/** As Atlassian makes it: eight columns, 130 bytes a row. */
const writeExport = (path: string): number => {
  const head =
    "User id,User name,email,User status,Added to org,Org role,Confluence - acme,Last seen in Confluence - acme"
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const id = `712020:0b2c8d4e-1111-4222-8333-${`${at}`.padStart(12, "0")}`
    return `${id},"Person, ${at}",person${at}@northwind.example,Active,3 Jan 2024,User,User,2 Nov 2026`
  })
  const text = Buffer.from([head, ...rows, ""].join("\r\n"))
  writeFileSync(path, text)
  return text.length
}

export const emails: Figure = {
  name: "emails",
  measure: () =>
    withSite({ pages: 1200 }, async (site) => {
      const given = JSON.parse(readFileSync(site.config, "utf8"))
      const catalog = await catalogOf(site, "users")
      const path = jsonFile("")
      const bytes = writeExport(path)
      const server = createServer((_, response) => void createReadStream(path).pipe(response))
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/export-users.csv`
      const without = await read(site.config, catalog)
      const results = []
      for (const [what, user_emails_csv] of [
        ["as a file", path],
        ["by http", url],
      ] as const) {
        const cost = await read(jsonFile({ ...given, user_emails_csv }), catalog)
        results.push({
          figure: `memory (RSS) that an export of ${ROWS / 1000},000 users takes, ${what}`,
          goal: "≤ 100 MB",
          measured: `${(cost.peakMegabytes - without.peakMegabytes).toFixed(0)} MB`,
          detail: `${(bytes / 1e6).toFixed(0)} MB; ${(cost.cpuSeconds - without.cpuSeconds).toFixed(1)} s of the processor more, ${cost.seconds.toFixed(1)} s in all`,
        })
      }
      server.close()
      return results
    }),
}
