/** What hangs on content that the filters let in arrives, whichever streams have been read before and beside it. */
import { expect, test } from "vitest"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { Connection } from "../support/Connection.ts"
import { recordsOf, Simulation } from "../support/inProcess.ts"
import { expectScope } from "../support/scopes.ts"

const STREAMS = ["pages", "blog_posts", "comments", "attachments"] as const
const FILTERS = { modified_after: "2024-01-01" }

const connectionTo = (settings: SettingsChange = {}) =>
  new Connection(new Simulation({ seed: 73, pages: 200, spaces: 7, settings }))

test("new comments and attachments on pages that have not changed arrive with every sync, whichever stream ends first", async () => {
  const connection = connectionTo({ maxPageSize: 5 })
  const { site } = connection.simulation
  const config = { filters: FILTERS, reconcile_interval_hours: -1 }
  await connection.sync({ config })
  for (const { id } of site.truth("pages").slice(0, 30)) {
    site.addComment(String(id), { type: "inline", body: "<p>New</p>" })
    site.addAttachment(String(id), { title: "new.txt" })
  }
  await connection.sync({ config })
  expectScope(connection.simulation, FILTERS, connection.runs, STREAMS)
})

test("what comes back without a new version, on pages that are known, arrives with the next reconciliation", async () => {
  const connection = connectionTo()
  const { simulation } = connection
  const config = { filters: FILTERS, reconcile_interval_hours: 0, max_deletion_percent: 100 }
  await connection.sync({ config })
  const files = recordsOf(connection.runs[0]!, "attachments").map(({ id }) => String(id))
  expect(files.length).toBeGreaterThan(5)
  for (const id of files) simulation.site.trashAttachment(id)
  await connection.sync({ config })
  for (const id of files) simulation.site.restoreAttachment(id)
  await connection.sync({ config })
  expectScope(simulation, FILTERS, connection.runs, STREAMS)
})

test("streams that go up the same ways at once do not take what is being asked for as lost", async () => {
  for (const latencyMs of [0, 20]) {
    const simulation = new Simulation({ seed: 74, pages: 60, spaces: 3, latencyMs })
    const { site } = simulation
    const connection = new Connection(simulation)
    const root = String(site.truth("pages").find(({ status }) => status === "current")!["id"])
    let deepest = root
    for (let depth = 0; depth < 7; depth++) deepest = site.create({ parentId: deepest, title: `Level ${depth}` })
    const comment = (type: "footer" | "inline") => site.addComment(deepest, { type, body: "<p>Well</p>" })
    const known = [comment("footer"), comment("inline")]
    for (const filters of [{ page_ids_include: [root] }, { page_ids_exclude: ["99999999991", root] }]) {
      const config = { filters, reconcile_interval_hours: -1 }
      await connection.sync({ config })
      for (const id of known) site.editComment(id, { body: `<p>${JSON.stringify(filters)}</p>` })
      site.addAttachment(deepest, { title: "plan.txt" })
      site.edit(deepest, {})
      known.push(comment("footer"), comment("inline"))
      const ran = await connection.sync({ config })
      expectScope(simulation, filters, connection.runs, STREAMS)
      const gone = STREAMS.flatMap((stream) => recordsOf(ran, stream)).filter((row) => "deletionReason" in row)
      expect(gone).toEqual([])
    }
  }
})

test("replies that no list of the site holds are told as filtered where their page is", async () => {
  const connection = connectionTo({ quirks: { repliesInCommentLists: false } })
  const { site } = connection.simulation
  const archived = site.truth("pages").find(({ status }) => status === "archived")!
  const above = site.addComment(String(archived["id"]), { type: "footer", body: "<p>One</p>" })
  site.addComment(String(archived["id"]), { type: "footer", parentCommentId: above, body: "<p>Two</p>" })
  await connection.sync({})
  const filters = { include_archived: false }
  const ran = await connection.sync({ config: { filters } })
  expectScope(connection.simulation, filters, connection.runs, STREAMS)
  const gone = recordsOf(ran, "comments").filter((row) => "deletionReason" in row)
  expect(gone.length).toBeGreaterThan(1)
  expect(new Set(gone.map(({ deletionReason }) => deletionReason))).toEqual(new Set(["filtered"]))
})
