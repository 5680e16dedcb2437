/** Which content carries which label: all of it, label by label or content by content, and nothing of what is in the trash. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSiteOptions, SettingsChange } from "../../src/sample-site/options.ts"
import { LABEL_QUIRKS, QUIRKS } from "../../src/sample-site/quirks.ts"
import { expectTruth, keyOf, merged, type Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const STREAM = "content_labels"
const V2 = "/wiki/api/v2"
const SITE = { seed: 61, pages: 110, spaces: 12, users: 20, attachments: 150 } as const
const KINDS = ["page", "blogpost", "attachment"] as const

const siteWith = (settings: SettingsChange = {}, options: SampleSiteOptions = {}) =>
  new Simulation({ ...SITE, ...options, settings })
const read = (simulation: Simulation, config: Row = {}) => simulation.run("read", { streams: [STREAM], config })
const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const asked = (simulation: Simulation, path: RegExp) =>
  simulation.exchanged.map(({ request }) => request).filter((request) => path.test(request.path))
const BY_LABEL = /\/labels\/\d+\/(pages|blogposts|attachments)$/
const BY_CONTENT = /\/(pages|blogposts|attachments)\/(att)?\d+\/labels$/

const expectWhole = (simulation: Simulation, ran: Ran) => {
  expect(errorsOf(ran)).toEqual([])
  expectTruth(simulation, STREAM, recordsOf(ran, STREAM))
  expect(recordsOf(ran, STREAM)).toHaveLength(simulation.site.truth(STREAM).length)
}

/** Puts a label on what is in the trash already, or will be: a page with a file, a blog post and a file. */
const trashLabelled = ({ site }: Simulation) => {
  const pages = site.truth("pages").filter(({ status }) => status === "current")
  const page = String(pages[3]!["id"])
  const post = String(site.truth("blog_posts")[0]!["id"])
  const files = [site.addAttachment(page), site.addAttachment(post), site.addAttachment(String(pages[4]!["id"]))]
  for (const id of [page, post, ...files]) site.addLabel(id, { name: "how-to" })
  site.trash(page)
  site.trash(post)
  site.trashAttachment(files[2]!)
  return [page, post, ...files]
}

describe("without filters", () => {
  test("every label is asked for what carries it, three lists a label, in about the fewest requests", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const ran = await read(simulation)
    expectWhole(simulation, ran)
    expect(warnings(ran)).toEqual([])
    const rows = recordsOf(ran, STREAM)
    expect(new Set(rows.map(({ contentType }) => contentType))).toEqual(new Set(KINDS))
    expect(new Set(rows.map(({ prefix }) => prefix))).toEqual(new Set(["global", "my"]))
    const least = 3 * site.labels.all.length
    expect(asked(simulation, BY_LABEL)).toHaveLength(least)
    // Beside these, and what every sync asks: the labels, the spaces, and what labelled files hang on.
    expect(simulation.exchanged.length).toBeLessThanOrEqual(1.25 * least)
  })

  test("the lists of a label are read to their ends", async () => {
    const simulation = siteWith({ maxPageSize: 7 })
    for (const { id } of simulation.site.truth("pages").slice(0, 60))
      simulation.site.addLabel(String(id), { name: "everywhere" })
    const ran = await read(simulation)
    expectWhole(simulation, ran)
    const everywhere = recordsOf(ran, STREAM).filter(({ name }) => name === "everywhere")
    expect(everywhere).toHaveLength(60)
  })

  test("labels that come and go are told, without a version of what carries them", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const first = await read(simulation)
    const { contentId, name, prefix } = site.truth(STREAM)[0] as Record<string, string>
    site.removeLabel(contentId!, { name: name!, prefix: prefix! })
    site.addLabel(String(site.truth("attachments")[0]!["id"]), { name: "brand-new" })
    site.deleteLabel(site.labels.find("how-to", "global")!.id)
    site.purge(String(site.truth("pages")[9]!["id"]))
    const second = await read(simulation)
    expectWhole(simulation, second)
    expect(recordsOf(second, STREAM).length).toBeLessThan(recordsOf(first, STREAM).length)
    expect(recordsOf(second, STREAM).map((row) => row["name"])).toContain("brand-new")
  })

  for (const trashedInLabelLists of LABEL_QUIRKS.trashedInLabelLists)
    for (const looksInTrash of QUIRKS.looksInTrash)
      for (const trashListed of QUIRKS.trashListed) {
        test(`nothing in the trash has a row, nor files that hang on it (trashedInLabelLists ${trashedInLabelLists}, looksInTrash ${looksInTrash}, trashListed ${trashListed})`, async () => {
          const simulation = siteWith({ quirks: { trashedInLabelLists, looksInTrash, trashListed } })
          const trashed = trashLabelled(simulation)
          const ran = await read(simulation)
          expectWhole(simulation, ran)
          const ids = new Set(recordsOf(ran, STREAM).map(({ contentId }) => contentId))
          expect(trashed.filter((id) => ids.has(id))).toEqual([])
        })
      }

  for (const isLookRefused of [false, true])
    test(`where the trash may not be listed, content tells by itself; where that is refused too (${isLookRefused}), the labels are named`, async () => {
      const simulation = siteWith({ quirks: { trashedInLabelLists: true } })
      const [page, post] = trashLabelled(simulation)
      for (const kind of ["pages", "blogposts"])
        simulation.site.addFault({ kind: "status", status: 403, path: `${V2}/${kind}`, query: "status=trashed" })
      if (isLookRefused)
        for (const path of [`${V2}/pages/${page}`, `${V2}/blogposts/${post}`])
          simulation.site.addFault({ kind: "status", status: 403, path })
      const ran = await read(simulation)
      if (!isLookRefused) return expectWhole(simulation, ran)
      expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error" }])
      expect(errorsOf(ran)[0]!["message"]).toContain('the label "how-to"')
    })

  test("of what no list shows, and at which nobody may look, nothing is known, and the labels are named", async () => {
    const simulation = siteWith({ quirks: { trashedInLabelLists: true, trashListed: false } })
    const [page] = trashLabelled(simulation)
    simulation.site.setFaults([{ kind: "status", status: 403, path: `${V2}/pages/${page}`, times: 1 }])
    const first = await read(simulation)
    expect(errorsOf(first)).toMatchObject([
      { message: expect.stringContaining("the label "), failure_type: "config_error" },
    ])
    const second = await simulation.run("read", { streams: [STREAM], state: statesOf(first) })
    expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
  })

  test("a row that the site lists without its id is counted, told, and costs itself", async () => {
    const simulation = siteWith()
    simulation.site.setFaults([{ kind: "odd-row", path: `${V2}/labels/*/pages`, field: "id", times: 1 }])
    const ran = await read(simulation)
    expect(warnings(ran)).toEqual([expect.stringMatching(/content_labels: Confluence listed rows without contentId/)])
    expect(recordsOf(ran, STREAM)).toHaveLength(simulation.site.truth(STREAM).length - 1)
  })
})

describe("what lies in archived spaces", () => {
  const archive = ({ site }: Simulation, count: number) => {
    for (const { id } of site.spaces.filter(({ status }) => status === "current").slice(2, 2 + count))
      site.archiveSpace(id)
  }
  const spacesNamed = (simulation: Simulation) =>
    asked(simulation, /\/labels\/\d+\/pages$/).map(({ query }) => query.getAll("space-id").join(",").split(",").length)

  for (const contentOfArchivedSpaces of QUIRKS.contentOfArchivedSpaces) {
    test(`is there on a site of few spaces, which each list names (contentOfArchivedSpaces ${contentOfArchivedSpaces})`, async () => {
      const simulation = siteWith({ quirks: { contentOfArchivedSpaces } })
      archive(simulation, 3)
      expectWhole(simulation, await read(simulation))
      expect(asked(simulation, BY_LABEL)).toHaveLength(3 * simulation.site.labels.all.length)
    })

    test(`is there on a site of many, and asked for by itself only where that matters (contentOfArchivedSpaces ${contentOfArchivedSpaces})`, async () => {
      const simulation = siteWith(
        { quirks: { contentOfArchivedSpaces } },
        { spaces: 130, spaceSizes: "even", pages: 150 },
      )
      archive(simulation, 30)
      expectWhole(simulation, await read(simulation))
      const perLabel = asked(simulation, /\/labels\/\d+\/pages$/).length / simulation.site.labels.all.length
      expect(perLabel).toBe(contentOfArchivedSpaces ? 1 : 2)
      expect(Math.max(...spacesNamed(simulation))).toBeLessThan(100)
    })
  }

  test("is there where lists take one space at a time", async () => {
    const simulation = siteWith({ quirks: { lists: "one", contentOfArchivedSpaces: false } })
    archive(simulation, 2)
    expectWhole(simulation, await read(simulation))
  })

  test("is there although a space goes away that the lists name", async () => {
    const simulation = siteWith()
    archive(simulation, 2)
    const { site } = simulation
    const gone = site.spaces.find(({ status, type }) => status === "current" && type === "global")!
    simulation.onExchange = ({ request }) => {
      if (!BY_LABEL.test(request.path) || gone.deleted) return
      site.deleteSpace(gone.id)
      site.setFaults([{ kind: "status", status: 400, path: `${V2}/labels/*`, query: gone.id }])
    }
    const ran = await read(simulation)
    expect(errorsOf(ran)).toEqual([])
    const keys = new Set(recordsOf(ran, STREAM).map((row) => keyOf(STREAM, row)))
    expect(site.truth(STREAM).filter((row) => !keys.has(keyOf(STREAM, row)))).toEqual([])
  })

  test("may be left out, with a warning, where the spaces may not be listed", async () => {
    const simulation = siteWith({ forbidden: [`${V2}/spaces`] })
    const ran = await read(simulation)
    expect(ran.exit).toBe(0)
    expect(warnings(ran)).toEqual([expect.stringMatching(/content_labels: the spaces cannot be listed/)])
    expect(recordsOf(ran, STREAM).length).toBeGreaterThan(0)
  })
})

describe("labels that may not be read", () => {
  const WAYS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
    "403": { fault: { kind: "status", status: 403 }, type: "config_error" },
    "404": { fault: { kind: "status", status: 404 }, type: "system_error" },
    "500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
  }
  for (const [status, { fault, type }] of Object.entries(WAYS))
    for (const list of ["pages", "attachments"]) {
      test(`for one label (${status} of its ${list}) cost its own rows, it is named, and the next attempt asks for it alone`, async () => {
        const simulation = siteWith()
        const { site } = simulation
        const label = site.labels.find("runbook", "global")!
        const path = `${V2}/labels/${label.id}/${list}`
        site.setFaults([{ ...fault, path }])
        const first = await read(simulation)
        expect(errorsOf(first)).toMatchObject([{ failure_type: type, stream_descriptor: { name: STREAM } }])
        expect(errorsOf(first)[0]!["message"]).toContain(`the label "runbook" (${label.id})`)
        const others = site.truth(STREAM).filter(({ labelId }) => labelId !== label.id)
        const keys = new Set(recordsOf(first, STREAM).map((row) => keyOf(STREAM, row)))
        expect(others.filter((row) => !keys.has(keyOf(STREAM, row)))).toEqual([])
        site.setFaults([])
        simulation.exchanged.length = 0
        const second = await simulation.run("read", { streams: [STREAM], state: statesOf(first) })
        expect(second.exit).toBe(0)
        expect(new Set(asked(simulation, BY_LABEL).map((each) => each.path.split("/")[5]))).toEqual(new Set([label.id]))
        expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
      })
    }

  for (const status of [403, 500]) {
    test(`a look at what labelled files hang on that fails (${status}) costs the labels that are named alone`, async () => {
      const simulation = siteWith()
      const { site } = simulation
      site.setFaults([{ kind: "status", status, path: `${V2}/pages`, times: status === 500 ? 6 : 1 }])
      const first = await read(simulation)
      const keys = new Set(recordsOf(first, STREAM).map((row) => keyOf(STREAM, row)))
      const said = errorsOf(first)
        .map(({ message }) => message)
        .join(" ")
      const lost = site.truth(STREAM).filter((row) => !keys.has(keyOf(STREAM, row)))
      expect(lost.filter(({ labelId }) => !said.includes(String(labelId)))).toEqual([])
      site.setFaults([])
      const second = await simulation.run("read", { streams: [STREAM], state: statesOf(first) })
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    })
  }

  test("a label that vanishes meanwhile costs its own rows and nothing else", async () => {
    const simulation = siteWith({}, {})
    const { site } = simulation
    const { id } = site.labels.find("runbook", "global")!
    simulation.onExchange = ({ request }) => {
      if (request.path === `${V2}/labels` && site.labels.byId(id) !== undefined) site.deleteLabel(id)
    }
    expectWhole(simulation, await read(simulation))
  })

  test("an outage ends the stream, and the next attempt goes on where it stopped", async () => {
    const simulation = siteWith()
    const { site } = simulation
    site.setFaults([{ kind: "status", status: 500, path: `${V2}/labels/*`, after: 25 }])
    const first = await read(simulation, { num_workers: 2 })
    expect(errorsOf(first)).toMatchObject([{ failure_type: "transient_error" }])
    site.setFaults([])
    simulation.exchanged.length = 0
    const second = await simulation.run("read", { streams: [STREAM], state: statesOf(first) })
    expect(second.exit).toBe(0)
    expect(asked(simulation, BY_LABEL).length).toBeLessThan(3 * site.labels.all.length - 9)
    expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
  })

  test("for want of a scope are a config_error that names it", async () => {
    for (const scope of ["read:label:confluence", "read:attachment:confluence"]) {
      const all = [
        "read:space:confluence",
        "read:page:confluence",
        "read:label:confluence",
        "read:attachment:confluence",
      ]
      const simulation = siteWith({ scopes: all.filter((each) => each !== scope) })
      const ran = await read(simulation, simulation.site.config("scoped"))
      expect(statusesOf(ran, STREAM).at(-1)).toBe("INCOMPLETE")
      expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", message: expect.stringContaining(scope) }])
    }
  })
})

describe("under filters", () => {
  /** The true rows of content that fits, and of files on it. */
  const expected = ({ site }: Simulation, fits: (content: Row) => boolean) => {
    const ids = new Set([...site.truth("pages"), ...site.truth("blog_posts")].filter(fits).map(({ id }) => id))
    const files = site.truth("attachments").filter((file) => ids.has(file["pageId"] ?? file["blogPostId"]))
    for (const { id } of files) ids.add(id)
    return site.truth(STREAM).filter(({ contentId }) => ids.has(contentId))
  }
  const expectRows = (ran: Ran, rows: ReadonlyArray<Row>) => {
    expect(errorsOf(ran)).toEqual([])
    const keys = (some: ReadonlyArray<Row>) => some.map((row) => keyOf(STREAM, row)).toSorted()
    expect(keys(recordsOf(ran, STREAM))).toEqual(keys(rows))
    expect(rows.length).toBeGreaterThan(0)
  }
  /** Spaces of about so many pages. */
  const spaceOf = ({ site }: Simulation, order: (a: number, b: number) => number) => {
    const sizes = Map.groupBy(site.truth("pages"), ({ spaceId }) => spaceId)
    const spaces = site.truth("spaces").filter(({ id }) => (sizes.get(id)?.length ?? 0) > 3)
    return spaces.toSorted((a, b) => order(sizes.get(a["id"])!.length, sizes.get(b["id"])!.length))[0]!
  }

  for (const fileIdsOfLabels of LABEL_QUIRKS.fileIdsOfLabels) {
    test(`that let in little, each content and each file is asked, whose id is taken as ${fileIdsOfLabels}`, async () => {
      const simulation = siteWith({ quirks: { fileIdsOfLabels } })
      const space = spaceOf(simulation, (a, b) => a - b)
      const page = simulation.site
        .truth("pages")
        .find(({ spaceId, status }) => spaceId === space["id"] && status === "current")
      const file = simulation.site.addAttachment(String(page!["id"]))
      simulation.site.addLabel(file, { name: "on-a-file" })
      const ran = await read(simulation, { filters: { spaces_include: [space["key"]] } })
      const rows = expected(simulation, ({ spaceId }) => spaceId === space["id"])
      expectRows(ran, rows)
      expect(rows.map(({ contentId }) => contentId)).toContain(file)
      expect(asked(simulation, BY_LABEL)).toEqual([])
      expect(asked(simulation, BY_CONTENT).length).toBeLessThan(simulation.site.labels.all.length)
    })
  }

  test("that let in much, each label is asked, of the spaces that are let in, and never more than without filters", async () => {
    const simulation = siteWith()
    const without = spaceOf(simulation, (a, b) => a - b)
    trashLabelled(simulation)
    await read(simulation)
    const whole = simulation.exchanged.length
    simulation.exchanged.length = 0
    const ran = await read(simulation, { filters: { spaces_exclude: [without["key"]] } })
    expectRows(
      ran,
      expected(simulation, ({ spaceId }) => spaceId !== without["id"]),
    )
    expect(asked(simulation, BY_CONTENT)).toEqual([])
    expect(asked(simulation, /\/labels\/\d+\/pages$/).every(({ query }) => query.has("space-id"))).toBe(true)
    // What is let in has to be known: two lists of content.
    expect(simulation.exchanged.length).toBeLessThanOrEqual(whole + 4)
  })

  test("of ids and dates, labels go with what carries them", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const posts = site.truth("blog_posts")
    const post = String(posts.find(({ id }) => site.truth(STREAM).some(({ contentId }) => contentId === id))!["id"])
    const some = await read(simulation, { filters: { blog_post_ids_include: [post], spaces_include: ["*"] } })
    expectRows(
      some,
      expected(simulation, ({ id, parentType }) => parentType !== undefined || id === post),
    )
    const times = site.truth("pages").map(({ createdAt }) => String(createdAt))
    const created_after = times.toSorted()[70]!
    const late = await read(simulation, { filters: { created_after } })
    expectRows(
      late,
      expected(simulation, (row) => String(row["createdAt"]) >= created_after),
    )
  })

  test("two connections that divide the spaces read together what one reads alone", async () => {
    const simulation = siteWith()
    const key = spaceOf(simulation, (a, b) => b - a)["key"]
    const both = [
      await read(simulation, { filters: { spaces_include: [key] } }),
      await read(simulation, { filters: { spaces_exclude: [key] } }),
    ]
    expectTruth(simulation, STREAM, merged(STREAM, both))
    expect(both.flatMap((ran) => recordsOf(ran, STREAM))).toHaveLength(simulation.site.truth(STREAM).length)
  })

  test("that let no space in, there are no rows and nothing is asked of labels", async () => {
    const simulation = siteWith()
    const ran = await read(simulation, { filters: { spaces_include: ["NOSUCH"] } })
    expect(ran.exit).toBe(0)
    expect(recordsOf(ran, STREAM)).toEqual([])
    expect(asked(simulation, /\/labels/)).toEqual([])
  })

  for (const [what, path] of [
    ["a content", /\/pages\/(\d+)\/labels$/],
    ["the files of a content", /\/pages\/(\d+)\/attachments$/],
    ["a file", /\/attachments\/(\d+)\/labels$/],
  ] as const) {
    for (const status of [403, 404, 500]) {
      test(`${what} that is refused (${status}) costs its own rows and is named; the next attempt mends it`, async () => {
        const simulation = siteWith()
        const space = spaceOf(simulation, (a, b) => a - b)
        const config = { filters: { spaces_include: [space["key"]] } }
        const rows = expected(simulation, ({ spaceId }) => spaceId === space["id"])
        await read(simulation, config)
        const refused = asked(simulation, path)[0]!.path
        // With `att` and without.
        simulation.site.setFaults([{ kind: "status", status, path: refused.replace("attachments/", "attachments/*") }])
        const first = await read(simulation, config)
        expect(errorsOf(first)).toHaveLength(1)
        expect(errorsOf(first)[0]!["message"]).toContain(path.exec(refused)![1])
        simulation.site.setFaults([])
        const second = await simulation.run("read", { streams: [STREAM], config, state: statesOf(first) })
        expect(second.exit).toBe(0)
        const keys = new Set(merged(STREAM, [first, second]).map((row) => keyOf(STREAM, row)))
        expect(keys).toEqual(new Set(rows.map((row) => keyOf(STREAM, row))))
      })
    }
  }
})
