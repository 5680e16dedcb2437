/** What has become of what contents have, where they are listed themselves although they hang on something in the trash. */
import { expect, test } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { fatesOfContents } from "./fatesOfContents.ts"

const STREAM = "content_properties"

test("properties of what is listed on a page in the trash are gone with that, or alone", () => {
  const quirks = { hangingListedInTrash: true, childrenOfTrashed: "empty" } as const
  const site = new SampleSite({ seed: 5, pages: 30, attachments: 60, settings: { quirks } })
  const files = new Map(site.truth("attachments").map((row) => [row["id"], String(row["pageId"])]))
  const onPages = site.truth(STREAM).filter(({ contentId }) => (files.get(contentId) ?? "undefined") !== "undefined")
  const [trashed, removed] = onPages.filter(
    ({ contentId }, at, all) => all.findIndex((other) => files.get(other["contentId"]) === files.get(contentId)) === at,
  )
  const fateOf = (row: Record<string, unknown>) => fatesOfContents(site, STREAM, undefined).get(String(row["id"]))
  expect([trashed, removed].map((row) => fateOf(row!))).toEqual(["visible", "visible"])
  site.trash(files.get(trashed!["contentId"])!)
  site.removeProperty(String(removed!["contentId"]), { key: String(removed!["key"]) })
  expect(site.truth("attachments").map(({ id }) => id)).toContain(trashed!["contentId"])
  expect([trashed, removed].map((row) => fateOf(row!))).toEqual(["gone in trash", "gone"])
})
