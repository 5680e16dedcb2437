/** Whichever answer a site gives to a doubt about the API: after a sync that reconciles, the tables are the site. */
import { describe, expect, test } from "vitest"
import { type Quirks, QUIRKS } from "../../src/sample-site/quirks.ts"
import { Connection } from "../support/Connection.ts"
import { errorsOf, Simulation } from "../support/inProcess.ts"

const HOUR = 3_600_000
const always = { config: { reconcile_interval_hours: 0, max_deletion_percent: 100 } }

/** These show themselves where a cursor, a body or a token is bad: what meets that has tests of its own. */
const WITH_OCCASION: ReadonlySet<string> = new Set(["oldCursors", "poisonAnswer", "heavyAnswer"])

const changeMuch = ({ site }: Simulation): void => {
  const pages = site.truth("pages").filter(({ status }) => status === "current")
  const [one, two, three, four, five, six] = pages.slice(8, 14).map(({ id }) => String(id))
  site.edit(one!, { body: "<p>edited</p>" })
  site.trash(two!)
  site.purge(three!)
  site.archive(four!)
  site.move(five!, { parentId: one! })
  site.restrict(six!)
  site.create({ parentId: one!, title: "new" })
  const comment = site.addComment(one!, { body: "<p>new</p>" })
  site.addComment(one!, { parentCommentId: comment, body: "<p>a reply</p>" })
  site.addAttachment(one!)
  site.trashAttachment(String(site.truth("attachments")[3]!["id"]))
  const answered = site.truth("footer_comments").find((row) => row["parentCommentId"] !== undefined)
  if (site.settings.quirks.repliesInCommentLists) site.deleteComment(String(answered!["parentCommentId"]))
  site.archiveSpace(String(site.truth("spaces").find(({ status }) => status === "current")!["id"]))
}

describe("the tables are the site where", () => {
  for (const [quirk, answers] of Object.entries(QUIRKS).filter(([name]) => !WITH_OCCASION.has(name))) {
    for (const answer of answers) {
      test(`${quirk} is ${String(answer)}`, async () => {
        const quirks = { [quirk]: answer } as Partial<Quirks>
        const simulation = new Simulation({
          seed: 77,
          pages: 90,
          bodyBytes: 100,
          settings: { maxPageSize: 20, quirks },
        })
        const connection = new Connection(simulation)
        expect(errorsOf(await connection.sync(always))).toEqual([])
        connection.expectTruth()
        changeMuch(simulation)
        simulation.clock.advance(HOUR)
        expect(errorsOf(await connection.sync(always))).toEqual([])
        connection.expectTruth()
      })
    }
  }
})
