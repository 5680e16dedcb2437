/** The labels of the sample site: what lists of labels show, what carries them, and what changes do to that. */
import { assert, describe, it } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, ids, type Row, walk } from "./asking.ts"

const V2 = "/wiki/api/v2"
const TYPES = [
  ["pages", "page"],
  ["blogposts", "blogpost"],
  ["attachments", "attachment"],
] as const

const small = (options = {}) => new SampleSite({ pages: 150, seed: 3, now: () => Date.UTC(2026, 6, 1), ...options })
const names = (rows: readonly Row[]) => rows.map(({ name }) => name)

/** What the lists of what carries each label show, but for what their rows say is in the trash. */
const byLabel = (site: SampleSite) =>
  walk(site, `${V2}/labels?limit=7`).flatMap(({ id: labelId, name, prefix }) =>
    TYPES.flatMap(([plural, contentType]) =>
      walk(site, `${V2}/labels/${String(labelId)}/${plural}?limit=9`)
        .filter(({ status }) => status !== "trashed")
        .map(({ id: contentId }) => ({ contentId, labelId, contentType, name, prefix })),
    ),
  )

describe("labels of content", () => {
  it("are the same by label and by content, and in the truth, before and after changes", () => {
    const site = small({ settings: { quirks: { trashedInLabelLists: false } } })
    const check = () => {
      const truth = site.truth("content_labels")
      assert.sameDeepMembers(byLabel(site), truth)
      for (const [plural, contentType] of TYPES)
        for (const contentId of ids(walk(site, `${V2}/${plural}?limit=250`))) {
          const own = walk(site, `${V2}/${plural}/${contentId}/labels?limit=2`)
          const mine = own.map(({ id: labelId, name, prefix }) => ({ contentId, labelId, contentType, name, prefix }))
          assert.sameDeepMembers(
            mine,
            truth.filter((each) => each["contentId"] === contentId),
          )
        }
    }
    check()
    const [page = "", other = ""] = ids(site.truth("pages"))
    const [file = ""] = ids(site.truth("attachments"))
    for (const id of [page, other, file]) site.addLabel(id, { name: "brand-new" })
    site.addLabel(page, { name: "mine", prefix: "my" })
    site.removeLabel(other, { name: "brand-new" })
    assert.throws(() => site.removeLabel(other, { name: "brand-new" }), /does not carry/)
    site.deleteLabel(site.labels.find("how-to", "global")!.id)
    check()
    assert.notInclude(names(walk(site, `${V2}/labels?limit=250`)), "how-to")
    const carriers = site.truth("content_labels").filter(({ name }) => name === "brand-new")
    assert.sameMembers(ids(carriers.map(({ contentId: id }) => ({ id }))), [page, file])
    site.reset()
    assert.deepStrictEqual(site.truth("content_labels"), small().truth("content_labels"))
  })

  it("show what is in the trash by its label, unless the site leaves that out; new content carries none", () => {
    const site = small()
    const { contentId, labelId } = site.truth("content_labels").find(({ contentType }) => contentType === "page")!
    site.trash(String(contentId))
    const listed = () => walk(site, `${V2}/labels/${String(labelId)}/pages?limit=250`)
    assert.strictEqual(listed().find(({ id }) => id === contentId)?.["status"], "trashed")
    assert.isUndefined(site.truth("content_labels").find((each) => each["contentId"] === contentId))
    site.set({ quirks: { trashedInLabelLists: false } })
    assert.isUndefined(listed().find(({ id }) => id === contentId))
    const id = site.create({ title: "New" })
    assert.deepStrictEqual(walk(site, `${V2}/pages/${id}/labels?limit=5`), [])
  })

  it("are listed by spaces, of archived ones only where these are named, if the site is so", () => {
    const site = small({ settings: { quirks: { contentOfArchivedSpaces: false } } })
    const { contentId, labelId } = site.truth("content_labels").find(({ contentType }) => contentType === "page")!
    const spaceId = String(site.truth("pages").find(({ id }) => id === contentId)!["spaceId"])
    site.archiveSpace(spaceId)
    const listed = (query: string) => ids(walk(site, `${V2}/labels/${String(labelId)}/pages?limit=250${query}`))
    assert.notInclude(listed(""), contentId)
    assert.include(listed(`&space-id=${spaceId}`), contentId)
  })

  it("are refused of labels and content that are not there", () => {
    const site = small()
    assert.strictEqual(ask(site, `${V2}/labels/7/pages`).status, 404)
    assert.strictEqual(ask(site, `${V2}/labels/x/pages`).status, 400)
    assert.strictEqual(ask(site, `${V2}/pages/7/labels`).status, 404)
    assert.strictEqual(ask(site, `${V2}/attachments/7/labels`).status, 404)
  })
})

describe("lists of labels", () => {
  it("are sorted both ways, and found by id and prefix", () => {
    const site = small()
    const all = site.truth("labels")
    assert.deepStrictEqual(walk(site, `${V2}/labels?limit=6&sort=id`), all)
    assert.deepStrictEqual(walk(site, `${V2}/labels?limit=6&sort=-id`), all.toReversed())
    assert.deepStrictEqual(names(walk(site, `${V2}/labels?limit=6&sort=name`)), names(all).toSorted())
    assert.deepStrictEqual(
      ids(walk(site, `${V2}/labels?label-id=${ids(all).slice(2, 4).join(",")}`)),
      ids(all).slice(2, 4),
    )
    assert.strictEqual(walk(site, `${V2}/labels?prefix=my`).length, 2)
  })

  it("of a space hold those of teams and persons; spaces are found by all of theirs", () => {
    const site = small()
    const [{ id = "" } = {}] = site.truth("spaces") as readonly { readonly id?: string }[]
    site.labelSpace(id, { name: "for-all", prefix: "global" })
    site.labelSpace(id, { name: "crew" })
    const labels = names(walk(site, `${V2}/spaces/${id}/labels?limit=2`))
    assert.include(labels, "crew")
    assert.notInclude(labels, "for-all")
    assert.deepStrictEqual(ids(walk(site, `${V2}/spaces?labels=for-all&status=current`)), [id])
  })

  it("are in single objects that are asked for with them", () => {
    const site = small()
    const { contentId, labelId } = site.truth("content_labels").find(({ contentType }) => contentType === "page")!
    const { labels } = ask(site, `${V2}/pages/${String(contentId)}?include-labels=true`).json
    assert.include(ids((labels as { readonly results: readonly Row[] }).results), labelId)
  })
})
