/**
 * The least that a reader of pages can do, as the measure of what the connector adds: ask for a page of rows, parse it,
 * wrap each row in a RECORD, write the page, wait for the reader of stdout.
 *
 * It has none of the promises: no retries, no limits, no states, no check for rows sent twice, no column selection, no
 * escaping. Like the connector it reads the spaces in groups, as many at once as the connector has workers.
 */
import { readFileSync } from "node:fs"
import { Agent } from "undici"

interface Page {
  readonly results: ReadonlyArray<{ readonly id: string }>
  readonly _links: { readonly next?: string }
}

const [configPath = "", workers = "8", bodyFormat = "storage"] = process.argv.slice(2)
const { domain_name: site, credentials } = JSON.parse(readFileSync(configPath, "utf8"))
const authorization = `Basic ${Buffer.from(`${credentials.email}:${credentials.api_token}`).toString("base64")}`
const agent = new Agent({ connections: Number(workers) })

const get = async (path: string): Promise<Page> => {
  const answer = await agent.request({ origin: site, path, method: "GET", headers: { authorization } })
  return JSON.parse(await answer.body.text())
}

/** The next link is taken as it is: the site's links are relative to it. */
const walk = async (path: string, onPage: (rows: Page["results"]) => Promise<void>): Promise<void> => {
  for (let next: string | undefined = path; next !== undefined;) {
    const page: Page = await get(next)
    await onPage(page.results)
    next = page._links.next
  }
}

const write = (text: string): Promise<void> =>
  new Promise((resolve) => {
    if (process.stdout.write(text)) resolve()
    else process.stdout.once("drain", resolve)
  })

const writeRecords = async (rows: Page["results"]): Promise<void> => {
  const emittedAt = Date.now()
  let text = ""
  for (const data of rows) {
    text += `${JSON.stringify({ type: "RECORD", record: { stream: "pages", emitted_at: emittedAt, data } })}\n`
  }
  await write(text)
}

const groups = Array.from({ length: Number(workers) }, (): Array<string> => [])
let dealt = 0
await walk("/wiki/api/v2/spaces?limit=250", async (rows) => {
  for (const { id } of rows) groups[dealt++ % groups.length]!.push(`space-id=${id}`)
})
const body = bodyFormat === "none" ? "" : `&body-format=${bodyFormat}`
const query = `limit=250&sort=id&status=current&status=archived${body}`
await Promise.all(
  groups
    .filter((spaces) => spaces.length > 0)
    .map((spaces) => walk(`/wiki/api/v2/pages?${query}&${spaces.join("&")}`, writeRecords)),
)
await agent.close()
