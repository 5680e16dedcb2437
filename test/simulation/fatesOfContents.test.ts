/** What the judge takes for the fate of what contents have of their own. */
import { expect, test } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { fatesOfContents } from "./fatesOfContents.ts"

test("what hangs on something in the trash and is listed all the same takes what it has along, and the trash may be told", () => {
  const quirks = { hangingListedInTrash: true, childrenOfTrashed: "404" } as const
  const site = new SampleSite({ seed: 97, pages: 30, spaces: 3, customContent: 40, settings: { quirks } })
  const stream = "content_properties"
  const on = site.truth("custom_content").find(({ id, pageId }) => {
    const has = site.truth(stream).some(({ contentId }) => contentId === id)
    return has && typeof pageId === "string"
  })!
  const own = site.truth(stream).find(({ contentId }) => contentId === on["id"])
  const other = site.truth(stream).find(({ contentType }) => contentType === "blogpost")
  const fate = (row: typeof own) => fatesOfContents(site, stream, undefined).get(String(row!["id"]))
  expect([fate(own), fate(other)]).toEqual(["visible", "visible"])
  site.trash(String(on["pageId"]))
  site.removeProperty(String(other!["contentId"]), { key: String(other!["key"]) })
  expect([fate(own), fate(other)]).toEqual(["gone in trash", "gone"])
})
