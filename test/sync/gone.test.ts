/** Why rows are gone, where what the site answers to several questions does not agree. */
import { describe, expect, test } from "vitest"
import type { SiteResponse } from "../../src/sample-site/answers.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { recordsOf, Simulation } from "../support/inProcess.ts"

const COMMENTS = "/wiki/api/v2/footer-comments"
const input = { streams: ["comments"], config: { reconcile_interval_hours: 0 } }

/** The site goes on to answer a list as it did when it was first asked for anything. */
const freeze = ({ site }: Simulation, path: string): void => {
  const handle = site.handle.bind(site)
  let kept: SiteResponse | undefined
  site.handle = (request) => {
    if (kept === undefined) {
      kept = handle({ ...request, method: "GET", path, query: new URLSearchParams({ limit: "250" }) })
      kept.finished()
    }
    return request.path === path ? { ...kept, finished: () => {} } : handle(request)
  }
}

describe("a reply", () => {
  test("is gone with the comment above it, though it is answered by its id and still shown below that", async () => {
    const simulation = new Simulation({
      seed: 61,
      pages: 40,
      settings: { quirks: { orphanReplies: false, looksAtLostReplies: true } },
    })
    const { site, clock } = simulation
    const page = site.truth("pages").find(({ status }) => status === "current")!
    const comment = site.addComment(String(page["id"]))
    const reply = site.addComment(String(page["id"]), { parentCommentId: comment })
    freeze(simulation, `${COMMENTS}/${comment}/children`)
    const connection = new Connection(simulation)
    await connection.sync(input)
    site.deleteComment(comment)
    clock.advance(3_600_000)
    const ran = await connection.sync(input)
    const asked = simulation.exchanged.map(({ request }) => request.path)
    expect(asked).toContain(`${COMMENTS}/${comment}/children`)
    expect(
      recordsOf(ran, "comments")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([comment, reply].toSorted())
    expectTruth(simulation, "comments", merged("comments", connection.runs))
  })
})
