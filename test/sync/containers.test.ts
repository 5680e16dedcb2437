/** Every comment names the content that it hangs on, whatever its list says of that. */
import { describe, expect, test } from "vitest"
import { recordsOf, Simulation } from "../support/inProcess.ts"

describe("a comment", () => {
  for (const [repliesNameContent, repliesInCommentLists] of [
    [true, true],
    [false, true],
    [false, false],
  ] as const) {
    const named = repliesNameContent ? "name" : "do not name"
    test(`has its container where replies ${named} it and are ${repliesInCommentLists ? "" : "not "}listed`, async () => {
      const quirks = { repliesNameContent, repliesInCommentLists }
      const simulation = new Simulation({ seed: 71, pages: 60, footerComments: 60, settings: { quirks } })
      const { site } = simulation
      const expected = new Map<string, unknown>()
      for (const kind of ["footer-comment", "inline-comment"] as const) {
        const comments = site.comments(kind)
        for (let ordinal = 0; ordinal < comments.size; ordinal++) {
          const { id, container } = comments.get(ordinal)!
          expected.set(id, { containerType: container.type, containerId: site.idOf(container.type, container.ordinal) })
        }
      }
      const records = recordsOf(await simulation.run("read", { streams: ["comments"] }), "comments")
      expect(records.some((row) => typeof row["parentCommentId"] === "string")).toBe(true)
      for (const { id, containerType, containerId } of records) {
        expect({ containerType, containerId }, String(id)).toEqual(expected.get(String(id)))
      }
    })
  }
})
