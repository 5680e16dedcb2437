/** Folders and the like that cannot be read: one that fails costs itself, and nothing that was not read passes for gone. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"
import { knowableRows, TREE_STREAMS } from "../support/knowableTree.ts"

const PLAIN = { seed: 5, pages: 30, blogPosts: 4, spaces: 4, users: 20, varied: false } as const
const FOLDERS = "folders"
const SEARCH = "/wiki/rest/api/content/search"

const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const asked = ({ exchanged }: Simulation, pattern: RegExp, from = 0) =>
  exchanged.slice(from).flatMap(({ request }) => (pattern.test(request.path) ? [request.path] : []))
const idsOf = (rows: ReadonlyArray<Row>) => rows.map(({ id }) => String(id)).toSorted()
const due = ({ site }: Simulation, stream: (typeof TREE_STREAMS)[number]) => idsOf(knowableRows(site, stream))
const pathOf = (id: string, type = "folder") => `/wiki/api/v2/${type}s/${id}`
const spaceOf = ({ site }: Simulation) => String(site.truth("spaces").find(({ status }) => status === "current")!["id"])

const read = (simulation: Simulation, input: Parameters<Simulation["run"]>[1] = {}) =>
  simulation.run("read", { streams: TREE_STREAMS, ...input })

const ended = (ran: Ran) =>
  Object.fromEntries(TREE_STREAMS.map((stream) => [stream, statusesOf(ran, stream).at(-1)])) as Record<string, string>
const WHOLE = Object.fromEntries(TREE_STREAMS.map((stream) => [stream, "COMPLETE"]))

const FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
  "answers 403": { fault: { kind: "status", status: 403 }, type: "config_error" },
  "answers 404 although it is there": { fault: { kind: "status", status: 404 }, type: "system_error" },
  "answers 500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
  "answers with something else": { fault: { kind: "status", status: 200, body: '{"odd":1}' }, type: "system_error" },
}

describe("an item that cannot be had", () => {
  for (const [what, { fault, type }] of Object.entries(FAULTS)) {
    test(`because it ${what} costs its own row, is named, and the next attempt asks for it alone`, async () => {
      const simulation = new Simulation(PLAIN)
      const { site } = simulation
      const [first] = due(simulation, FOLDERS)
      site.setFaults([{ ...fault, path: pathOf(first!) }])
      const ran = await read(simulation, { jobId: "7" })
      expect(errorsOf(ran)).toMatchObject([{ failure_type: type, stream_descriptor: { name: FOLDERS } }])
      expect(errorsOf(ran)[0]!["message"]).toContain(`the folder ${first}: `)
      expect(ended(ran)).toEqual({ ...WHOLE, [FOLDERS]: "INCOMPLETE" })
      for (const stream of TREE_STREAMS) {
        const rows = due(simulation, stream).filter((id) => id !== first)
        expect(idsOf(recordsOf(ran, stream)), stream).toEqual(rows)
      }
      site.setFaults([])
      const before = simulation.exchanged.length
      const second = await read(simulation, { jobId: "7", state: statesOf(ran) })
      expect(second.exit).toBe(0)
      expect(idsOf(recordsOf(second, FOLDERS))).toEqual([first])
      expect(asked(simulation, /folders\/\d+$/, before)).toEqual([pathOf(first!)])
    })
  }

  test("leads on to what it lies below, so that the other streams are whole", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const top = site.create({ type: "whiteboard", spaceId: spaceOf(simulation) })
    const folder = site.create({ type: "folder", parentId: top })
    site.archive(top)
    site.setFaults([{ kind: "status", status: 500, path: pathOf(folder) }])
    const ran = await read(simulation)
    expect(ended(ran)).toEqual({ ...WHOLE, [FOLDERS]: "INCOMPLETE" })
    expect(idsOf(recordsOf(ran, "whiteboards"))).toContain(top)
    expect(asked(simulation, /ancestors$/)).toEqual([`${pathOf(folder)}/ancestors`])
    site.setFaults([
      { kind: "status", status: 500, path: `${pathOf(folder)}*` },
      { kind: "status", status: 500, path: `${pathOf(folder)}/ancestors` },
    ])
    // Where that cannot be asked either, no stream can tell whether it is whole.
    const other = await read(simulation)
    expect(ended(other)).toEqual(Object.fromEntries(TREE_STREAMS.map((stream) => [stream, "INCOMPLETE"])))
    for (const { message } of errorsOf(other)) expect(message).toContain(`what the folder ${folder} lies below`)
  })

  test("and is shown all the same leads on by what is found to lie below it, however late", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const top = site.create({ type: "database", spaceId: spaceOf(simulation) })
    const missing = site.create({ type: "folder", parentId: top })
    const between = site.create({ type: "folder", parentId: missing })
    site.create({ type: "folder", parentId: between })
    site.archive(top)
    site.archive(between)
    site.setFaults([
      { kind: "status", status: 404, path: pathOf(missing) },
      { kind: "status", status: 403, path: "/wiki/api/v2/content/convert-ids-to-types" },
    ])
    const ran = await read(simulation)
    expect(ended(ran)).toEqual(WHOLE)
    expect(idsOf(recordsOf(ran, FOLDERS))).toContain(between)
    expect(idsOf(recordsOf(ran, "databases"))).toContain(top)
  })

  test("because it goes away meanwhile, or is not found for a moment, is no error", async () => {
    for (const change of ["purge", "trash", "restrict"] as const) {
      const simulation = new Simulation(PLAIN)
      const { site } = simulation
      const id = due(simulation, FOLDERS).at(-1)!
      simulation.onExchange = ({ request }) => {
        if (request.path !== SEARCH) return
        simulation.onExchange = () => {}
        if (change !== "restrict")
          for (const below of site.truth("content_tree"))
            if (below["parentId"] === id) site.move(String(below["id"]), { parentId: null })
        site[change](id)
      }
      const ran = await read(simulation)
      expect(errorsOf(ran)).toEqual([])
      expect(ended(ran)).toEqual(WHOLE)
      expect(idsOf(recordsOf(ran, FOLDERS))).not.toContain(id)
      expect(idsOf(recordsOf(ran, FOLDERS))).toEqual(due(simulation, FOLDERS))
    }
    for (const typesOfTree of [true, false]) {
      const simulation = new Simulation({ ...PLAIN, settings: { quirks: { typesOfTree } } })
      simulation.site.setFaults([{ kind: "status", status: 404, path: pathOf(due(simulation, FOLDERS)[0]!), times: 1 }])
      const ran = await read(simulation)
      expect(errorsOf(ran)).toEqual([])
      expect(idsOf(recordsOf(ran, FOLDERS))).toEqual(due(simulation, FOLDERS))
    }
  })
})

describe("what tells of items", () => {
  test("can fail: the search, and then no stream is whole, with the rows that pages name", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const folder = site.create({ type: "folder", spaceId: spaceOf(simulation) })
    site.create({ parentId: site.create({ type: "folder", parentId: folder }) })
    site.setFaults([{ kind: "status", status: 500, path: SEARCH }])
    const ran = await read(simulation)
    for (const stream of TREE_STREAMS) expect(ended(ran)[stream]).toBe("INCOMPLETE")
    for (const error of errorsOf(ran)) expect(error).toMatchObject({ failure_type: "transient_error" })
    expect(errorsOf(ran)[0]!["message"]).toContain("the search for folders, whiteboards, databases, embeds")
    expect(idsOf(recordsOf(ran, FOLDERS))).toContain(folder)
    expect(recordsOf(ran, FOLDERS)).toHaveLength(2)
  })

  test("can fail: the list of pages, and then no stream is whole, with the rows that the search shows", async () => {
    const simulation = new Simulation(PLAIN)
    simulation.site.setFaults([{ kind: "status", status: 403, path: "/wiki/api/v2/pages" }])
    const ran = await read(simulation)
    for (const stream of TREE_STREAMS) {
      expect(ended(ran)[stream]).toBe("INCOMPLETE")
      expect(idsOf(recordsOf(ran, stream))).toEqual(due(simulation, stream))
    }
  })

  test("a search that does not know a type is told, and the streams are whole as far as that goes", async () => {
    const simulation = new Simulation(PLAIN)
    simulation.site.setFaults([{ kind: "status", status: 400, path: SEARCH, query: "embed" }])
    const ran = await read(simulation)
    expect(ended(ran)).toEqual(WHOLE)
    expect(warnings(ran).filter((warning) => warning.includes("does not know the type embed"))).toHaveLength(1)
    for (const stream of ["folders", "whiteboards", "databases"] as const)
      expect(idsOf(recordsOf(ran, stream))).toEqual(due(simulation, stream))
  })

  test("a type that may not be looked at ends its own stream, and the others do without", async () => {
    const simulation = new Simulation(PLAIN)
    simulation.site.setFaults([
      {
        kind: "status",
        status: 401,
        path: "/wiki/api/v2/folders/*",
        body: '{"code":401,"message":"Unauthorized; scope does not match"}',
      },
    ])
    const ran = await read(simulation)
    expect(ended(ran)).toEqual({ ...WHOLE, [FOLDERS]: "INCOMPLETE" })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", stream_descriptor: { name: FOLDERS } }])
    expect(errorsOf(ran)[0]!["message"]).toContain("read:folder:confluence")
    expect(warnings(ran).filter((warning) => warning.includes("what only folders name"))).toHaveLength(1)
    for (const stream of ["whiteboards", "databases", "embeds"] as const)
      expect(idsOf(recordsOf(ran, stream))).toEqual(due(simulation, stream))
  })
})

describe("an attempt that was cut off", () => {
  test("is gone on with: each row comes, and hardly any comes again", async () => {
    for (const after of [40, 60, 90]) {
      const simulation = new Simulation({ ...PLAIN, spaces: 12, pages: 60 })
      const first = await read(simulation, { jobId: "7", terminateAfterRequests: after, config: { num_workers: 1 } })
      const second = await read(simulation, { jobId: "7", state: statesOf(first), config: { num_workers: 1 } })
      expect(second.exit).toBe(0)
      for (const stream of TREE_STREAMS) {
        const rows = [...recordsOf(first, stream), ...recordsOf(second, stream)]
        expect(idsOf([...new Map(rows.map((row) => [row["id"], row])).values()])).toEqual(due(simulation, stream))
        expect(rows.length, stream).toBe(due(simulation, stream).length)
      }
      const looks = asked(simulation, /\/v2\/(folder|whiteboard|database|embed)s\/\d+$/)
      expect(looks.length).toBeLessThanOrEqual(12 * 8 + 8)
    }
  })

  test("in which the search or the list of pages had failed misses nothing: what that has hidden may come before all that was read", async () => {
    for (const path of [SEARCH, "/wiki/api/v2/pages"]) {
      const simulation = new Simulation(PLAIN)
      const { site } = simulation
      const hidden = site.create({ type: "folder", spaceId: spaceOf(simulation) })
      const page = site.create({ parentId: hidden })
      if (path !== SEARCH) site.archive(hidden)
      // What the failing one does not hide is the last of all.
      const last = site.create({ type: "folder", spaceId: spaceOf(simulation) })
      if (path === SEARCH) site.move(page, { parentId: last })
      site.setFaults([{ kind: "status", status: 500, path }])
      const first = await read(simulation, { jobId: "7" })
      expect(ended(first)[FOLDERS], path).toBe("INCOMPLETE")
      expect(idsOf(recordsOf(first, FOLDERS)), path).toContain(last)
      expect(idsOf(recordsOf(first, FOLDERS)), path).not.toContain(hidden)
      site.setFaults([])
      const second = await read(simulation, { jobId: "7", state: statesOf(first) })
      expect(second.exit, path).toBe(0)
      for (const stream of TREE_STREAMS) {
        const rows = [...recordsOf(first, stream), ...recordsOf(second, stream)]
        expect([...new Set(idsOf(rows))], stream).toEqual(due(simulation, stream))
      }
    }
  })

  test("has what one item alone has named asked for once more", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const top = site.create({ type: "folder", spaceId: spaceOf(simulation) })
    const child = site.create({ type: "folder", parentId: top })
    site.archive(top)
    site.setFaults([{ kind: "status", status: 500, path: pathOf(top) }])
    const first = await read(simulation, { jobId: "7" })
    expect(ended(first)).toEqual({ ...WHOLE, [FOLDERS]: "INCOMPLETE" })
    site.setFaults([])
    const before = simulation.exchanged.length
    const second = await read(simulation, { jobId: "7", state: statesOf(first) })
    expect(second.exit).toBe(0)
    expect(idsOf(recordsOf(second, FOLDERS))).toEqual([top])
    expect(asked(simulation, /folders\/\d+$/, before).toSorted()).toEqual([pathOf(child), pathOf(top)].toSorted())
  })

  test("asks again for what has failed, although nothing names it any more", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const top = site.create({ type: "folder", spaceId: spaceOf(simulation) })
    const child = site.create({ type: "folder", parentId: top })
    site.archive(top)
    site.setFaults([{ kind: "status", status: 500, path: pathOf(top) }])
    const first = await read(simulation, { jobId: "7" })
    expect(ended(first)).toEqual({ ...WHOLE, [FOLDERS]: "INCOMPLETE" })
    site.setFaults([])
    site.move(child, { parentId: null })
    const second = await read(simulation, { jobId: "7", state: statesOf(first) })
    expect(second.exit).toBe(0)
    expect(idsOf(recordsOf(second, FOLDERS))).toEqual([top])
  })

  /** As where the end comes before the first state of a stream. */
  const without = (ran: Ran, stream: string) =>
    statesOf(ran).filter((state) => !JSON.stringify(state).includes(`"name":"${stream}"`))

  test("is told again by each item what it alone names by now, although another one had named it before", async () => {
    for (const moved of [0, 1]) {
      const simulation = new Simulation(PLAIN)
      const { site } = simulation
      const spaceId = spaceOf(simulation)
      const top = site.create({ type: "database", spaceId })
      const below = [site.create({ type: "folder", parentId: top }), site.create({ type: "folder", parentId: top })]
      const failing = site.create({ type: "folder", spaceId })
      site.archive(top)
      site.setFaults([{ kind: "status", status: 500, path: pathOf(failing) }])
      const first = await read(simulation, { jobId: "7" })
      expect(ended(first)).toEqual({ ...WHOLE, [FOLDERS]: "INCOMPLETE" })
      site.setFaults([])
      site.move(below[moved]!, { parentId: null })
      const second = await read(simulation, { jobId: "7", state: without(first, "databases") })
      expect(second.exit).toBe(0)
      expect(idsOf(recordsOf(second, FOLDERS))).toEqual([failing])
      expect(idsOf(recordsOf(second, "databases")), String(moved)).toEqual(due(simulation, "databases"))
    }
  })

  test("is told again what lies above items that are shown and not there, whichever streams are read", async () => {
    for (const [type, streams] of [
      ["folder", TREE_STREAMS],
      ["whiteboard", TREE_STREAMS],
      ["whiteboard", [FOLDERS, "databases"]],
    ] as const) {
      for (const isBelowOlder of [true, false]) {
        const simulation = new Simulation(PLAIN)
        const { site } = simulation
        const spaceId = spaceOf(simulation)
        const top = site.create({ type: "database", spaceId })
        const create = () => site.create({ type: "folder", spaceId })
        const older = isBelowOlder ? create() : undefined
        const missing = site.create({ type, parentId: top })
        const below = older ?? create()
        site.move(below, { parentId: missing })
        const failing = create()
        site.archive(top)
        const faults: ReadonlyArray<Fault> = [
          { kind: "status", status: 404, path: pathOf(missing, type) },
          { kind: "status", status: 403, path: "/wiki/api/v2/content/convert-ids-to-types" },
        ]
        site.setFaults([...faults, { kind: "status", status: 500, path: pathOf(failing) }])
        const first = await read(simulation, { jobId: "7", streams })
        expect(statusesOf(first, FOLDERS).at(-1)).toBe("INCOMPLETE")
        expect(idsOf(recordsOf(first, "databases"))).toContain(top)
        site.setFaults([...faults])
        const second = await read(simulation, { jobId: "7", streams, state: without(first, "databases") })
        expect(second.exit).toBe(0)
        expect(idsOf(recordsOf(second, FOLDERS))).toEqual([failing])
        expect(idsOf(recordsOf(second, "databases")), type).toEqual(due(simulation, "databases"))
      }
    }
  })
})
