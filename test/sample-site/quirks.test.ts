/** Where nobody has said what Atlassian's sites do, the sample site does each: what every answer looks like. */
import { assert, describe, it } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { type Quirks, QUIRKS } from "../../src/sample-site/quirks.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, nextOf, type Row, rowsOf, walk } from "./asking.ts"

const V2 = "/wiki/api/v2"
const DAY = 86_400_000
const NOW = Date.UTC(2026, 6, 1, 12)

const siteWith = (quirks: Partial<Quirks> = {}, options: SampleSiteOptions = {}): SampleSite =>
  new SampleSite({
    seed: 12,
    pages: 120,
    bodyBytes: 100,
    now: () => NOW,
    ...options,
    settings: { ...options.settings, quirks },
  })

const current = (site: SampleSite, stream: "pages" | "footer_comments" = "pages"): Row =>
  site.truth(stream).find(({ status }) => status === "current")!

const versionAt = (row: Row): number => Date.parse((row["version"] as { createdAt: string }).createdAt)

describe("a container in the trash", () => {
  for (const listsOfTrashed of QUIRKS.listsOfTrashed) {
    it(`answers ${listsOfTrashed} to its own lists of comments and attachments`, () => {
      const site = siteWith({ listsOfTrashed })
      const { id } = current(site)
      const page = String(id)
      const comment = site.addComment(page)
      site.addComment(page, { parentCommentId: comment })
      const file = site.addAttachment(page)
      const answers = () =>
        [`pages/${page}/footer-comments`, `pages/${page}/attachments`, `footer-comments/${comment}/children`].map(
          (list) => ask(site, `${V2}/${list}`),
        )
      assert.include(
        rowsOf(answers()[1]!).map((row) => row["id"]),
        file,
      )
      assert.include(
        rowsOf(answers()[0]!).map((row) => row["id"]),
        comment,
      )
      site.trash(page)
      for (const asked of answers()) {
        assert.strictEqual(asked.status, listsOfTrashed === "404" ? 404 : 200)
        if (asked.status === 200) assert.strictEqual(rowsOf(asked).length > 0, listsOfTrashed === "all")
      }
    })
  }

  it("has comments that a look by id finds as 404, current or trashed", () => {
    const looks = QUIRKS.looksInTrash.map((looksInTrash) => {
      const site = siteWith({ looksInTrash })
      const page = String(current(site)["id"])
      const comment = site.addComment(page)
      site.trash(page)
      const asked = ask(site, `${V2}/footer-comments/${comment}`)
      return asked.status === 404 ? "404" : asked.json["status"]
    })
    assert.deepEqual(looks, [...QUIRKS.looksInTrash])
  })

  it("leaves what hangs on it in the lists of the whole site, or takes it out of them, and so does an archive", () => {
    const listed = (quirks: Partial<Quirks>, how: "trash" | "archive") => {
      const site = siteWith(quirks)
      const page = String(current(site)["id"])
      const comment = site.addComment(page)
      site[how](page)
      const isListed = walk(site, `${V2}/footer-comments?limit=250`).some(({ id }) => id === comment)
      assert.strictEqual(
        site.truth("footer_comments").some(({ id }) => id === comment),
        isListed,
      )
      return isListed
    }
    for (const answer of [true, false]) {
      assert.strictEqual(listed({ hangingListedInTrash: answer }, "trash"), answer)
      assert.strictEqual(listed({ hangingListedInArchives: answer }, "archive"), answer)
    }
  })

  it("may be in no list of the trash, and what was purged in one of its own", () => {
    const found = (quirks: Partial<Quirks>, status: string) => {
      const site = siteWith(quirks)
      const page = String(current(site)["id"])
      if (status === "trashed") site.trash(page)
      else site.purge(page)
      return [`id=${page}&`, ""].map((ids) => {
        const answers = walk(site, `${V2}/pages?${ids}status=${status}&limit=250`)
        return answers.flat().some((row) => row["id"] === page && row["status"] === status)
      })
    }
    assert.deepEqual(found({}, "trashed"), [true, true])
    assert.deepEqual(found({ trashListed: false }, "trashed"), [false, false])
    assert.deepEqual(found({}, "deleted"), [false, false])
    assert.deepEqual(found({ deletedListed: true }, "deleted"), [true, true])
  })
})

describe("a body that cannot be rendered", () => {
  for (const poisonAnswer of QUIRKS.poisonAnswer) {
    it(`makes all fail that would hold it (${poisonAnswer}), and nothing without bodies`, () => {
      const site = siteWith({ poisonAnswer })
      const page = String(current(site)["id"])
      const comment = String(current(site, "footer_comments")["id"])
      const fails = (address: string) => {
        try {
          const { response, status, json } = ask(site, `${V2}/${address}`)
          return status === 500 || response.abort !== undefined || Object.keys(json).length === 0
        } catch (error) {
          return error instanceof SyntaxError
        }
      }
      const lists = (body: string) => [
        fails(`pages?id=${page}${body}`),
        fails(`pages/${page}?${body.slice(1)}`),
        fails(`footer-comments?limit=250${body}`),
        fails(`footer-comments/${comment}?${body.slice(1)}`),
      ]
      const BODY = "&body-format=storage"
      assert.deepEqual(lists(BODY), [false, false, false, false])
      site.poison(page)
      site.poisonComment(comment)
      assert.deepEqual(lists(BODY), [true, true, true, true])
      assert.deepEqual(
        lists("&limit=250")
          .slice(0, 1)
          .concat(fails(`pages/${page}`)),
        [false, false],
      )
      site.heal(page)
      site.healComment(comment)
      assert.deepEqual(lists(BODY), [false, false, false, false])
    })
  }

  it("is one thing, a heavy answer another: slow, cut or 500 above some size, light without bodies", () => {
    const outcome = (heavyAnswer: Quirks["heavyAnswer"], heavyBytes: number, body = "&body-format=storage") => {
      const site = siteWith({ heavyAnswer }, { settings: { heavyBytes } })
      const { response, status } = ask(site, `${V2}/pages?limit=50${body}`)
      return response.abort ?? (response.dripMs === undefined ? status : "slow")
    }
    const size = ask(siteWith(), `${V2}/pages?limit=50&body-format=storage`).text.length
    for (const [answer, seen] of [
      ["500", 500],
      ["cut", "truncate"],
      ["slow", "slow"],
    ] as const) {
      assert.strictEqual(outcome(answer, size * 2), 200)
      assert.strictEqual(outcome(answer, size / 2), seen)
      assert.strictEqual(outcome(answer, 1000, ""), 200)
    }
    assert.deepEqual(
      [0.7, 0.4, 0.2].map((part) => outcome("all", size * part)),
      ["slow", "truncate", 500],
    )
  })
})

describe("a cursor that was made before", () => {
  for (const oldCursors of QUIRKS.oldCursors) {
    it(`is answered with ${oldCursors}, and a new one taken`, () => {
      const site = siteWith({ oldCursors })
      const next = nextOf(ask(site, `${V2}/pages?limit=5`))!
      site.set({ cursorEpoch: 1 })
      const asked = ask(site, next)
      assert.strictEqual(String(asked.status), oldCursors === "taken" ? "200" : oldCursors.slice(0, 3))
      if (oldCursors.startsWith("400")) assert.strictEqual(asked.text.includes("cursor"), oldCursors === "400")
      const anew = nextOf(ask(site, `${V2}/pages?limit=5`))!
      assert.strictEqual(ask(site, anew).status, 200)
    })
  }
})

describe("a row's time", () => {
  it("may be ahead of the site's clock by days or a year, from the start and by an edit", () => {
    for (const datedAheadDays of [10, 365]) {
      const site = siteWith({}, { datedAheadDays, pages: 400 })
      for (const stream of ["pages", "comments", "attachments"] as const) {
        const ahead = site.truth(stream).filter((row) => versionAt(row) > NOW + (datedAheadDays - 1) * DAY)
        assert.isAbove(ahead.length, 2, stream)
        assert.isBelow(ahead.length, site.truth(stream).length / 10, stream)
      }
      const newest = rowsOf(ask(site, `${V2}/pages?sort=-modified-date&limit=1`))[0]!
      assert.isAbove(versionAt(newest), NOW + (datedAheadDays - 1) * DAY)
    }
    const site = siteWith()
    assert.isTrue(site.truth("pages").every((row) => versionAt(row) <= NOW))
    site.edit(String(current(site)["id"]), { aheadMs: 10 * DAY })
    assert.lengthOf(
      site.truth("pages").filter((row) => versionAt(row) === NOW + 10 * DAY),
      1,
    )
  })

  it("may not be what lists sort by", () => {
    const times = (modifiedDateSorts: Quirks["modifiedDateSorts"]) =>
      rowsOf(ask(siteWith({ modifiedDateSorts }), `${V2}/pages?sort=-modified-date&limit=100`)).map(versionAt)
    const descending = (list: readonly number[]) => list.every((time, i) => i === 0 || time <= list[i - 1]!)
    assert.isTrue(descending(times("version")))
    assert.isFalse(descending(times("creation")))
  })
})

it("listed replies may not name their page", () => {
  const named = (repliesNameContent: boolean) =>
    rowsOf(ask(siteWith({ repliesNameContent }), `${V2}/footer-comments?limit=250`)).map((row) => ({
      reply: row["parentCommentId"] !== undefined,
      names: row["pageId"] !== undefined || row["blogPostId"] !== undefined,
    }))
  assert.isTrue(named(true).every(({ names }) => names))
  assert.isTrue(named(false).every(({ reply, names }) => names !== reply))
  assert.isTrue(named(false).some(({ reply }) => reply))
})

it("files and custom content have lists of comments too", () => {
  const site = siteWith()
  const file = String(site.truth("attachments")[0]!["id"])
  assert.deepEqual(rowsOf(ask(site, `${V2}/attachments/${file}/footer-comments`)), [])
  for (const list of [
    "attachments/att1/footer-comments",
    "custom-content/7/footer-comments",
    "custom-content/7/attachments",
  ])
    assert.strictEqual(ask(site, `${V2}/${list}`).status, 404)
})

describe("a list that is answered wrongly", () => {
  it("is some other JSON, or holds a row that lacks what it should have", () => {
    const site = siteWith()
    const path = `${V2}/pages`
    site.setFaults([{ kind: "not-a-list", path, body: "[]", times: 1 }])
    assert.strictEqual(ask(site, path).text, "[]")
    const before = rowsOf(ask(site, path))
    for (const [field, value] of [["id"], ["id", null], ["version.createdAt", 7], ["title", null]] as const) {
      site.setFaults([{ kind: "odd-row", path, field, ...(value === undefined ? {} : { value }), times: 1 }])
      const after = rowsOf(ask(site, path))
      const odd = after.filter((row, i) => JSON.stringify(row) !== JSON.stringify(before[i]))
      assert.lengthOf(odd, 1)
      const [top = "", below] = field.split(".")
      const holder = (below === undefined ? odd[0]! : odd[0]![top]) as Row
      assert.strictEqual(holder[below ?? top], value)
      assert.deepInclude(site.oddRows()[0], { path, field: top })
      assert.deepEqual(rowsOf(ask(site, path)), before)
    }
  })

  it("may be a batch that holds one element which it does not like", () => {
    const site = siteWith()
    const ids = site.truth("pages").map(({ id }) => String(id))
    const statuses = (batches: readonly string[][]) =>
      batches.map((batch) => ask(site, `${V2}/pages?id=${batch.join(",")}`).status)
    const fault = { kind: "disliked-element", path: `${V2}/pages`, share: 0.05, status: 404 } as const
    site.setFaults([fault])
    assert.deepEqual(new Set(statuses(ids.map((id) => [id]))), new Set([200]))
    assert.deepEqual(statuses([ids]), [404])
    site.setFaults([{ ...fault, alone: true }])
    const disliked = statuses(ids.map((id) => [id])).filter((status) => status === 404).length
    assert.isAbove(disliked, 0)
    assert.isBelow(disliked, ids.length / 5)
    const accountIds = site.users.map(({ accountId }) => accountId)
    site.setFaults([{ ...fault, path: `${V2}/users-bulk`, status: 400 }])
    const bulk = (list: readonly string[]) =>
      ask(site, `${V2}/users-bulk`, { method: "POST", body: { accountIds: list } }).status
    assert.deepEqual([bulk(accountIds), bulk(accountIds.slice(0, 1))], [400, 200])
  })
})

it("settings refuse answers that no site gives", () => {
  const site = siteWith()
  const post = (quirks: unknown) => ask(site, "/_control/settings", { method: "POST", body: { quirks } })
  assert.match(post({ oldCursors: "418" }).text, /oldCursors.+must be one of taken, 400/)
  assert.match(post({ unknown: true }).text, /unknown.+is no quirk/)
  assert.strictEqual(post({ oldCursors: "410" }).status, 200)
})
