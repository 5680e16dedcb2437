/** Restrictions of what lists and looks do not show as it is: in a trash that is not listed, refused by its id alone, or gone meanwhile. */
import { expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { errorsOf, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"
import { expectRows, STREAM } from "./restrictionTruth.ts"

/** A chain of content, the highest first, each restricted to the credential's account. */
const chainOf = (types: ReadonlyArray<"page" | "folder">, settings: SettingsChange = {}) => {
  const simulation = new Simulation({ seed: 5, pages: 40, blogPosts: 4, spaces: 2, varied: false, settings })
  const { site } = simulation
  const spaceId = String(site.truth("spaces").find(({ status }) => status === "current")!["id"])
  const ids: Array<string> = []
  for (const type of types) {
    const parentId = ids.at(-1)
    ids.push(site.create({ type, ...(parentId === undefined ? { spaceId } : { parentId }) }))
    site.setRestriction(ids.at(-1)!, { users: [site.users[0]!.accountId] })
  }
  const read = () => simulation.run("read", { streams: [STREAM] })
  return { simulation, site, ids, read, lowest: ids.at(-1)! }
}

const UNSEEN: ReadonlyArray<readonly [string, "page" | "folder", SettingsChange]> = [
  ["a page in a trash that is not listed", "page", { quirks: { trashListed: false } }],
  ["a folder in the trash, whose look says 404", "folder", { quirks: { looksAtTrashedTree: "404" } }],
]

for (const [what, type, settings] of UNSEEN) {
  test(`${what} still tells its restrictions, and what is below inherits them`, async () => {
    const { site, ids, read, lowest } = chainOf(["page", type, "page"], settings)
    site.trash(ids[1]!)
    const ran = await read()
    expect(errorsOf(ran)).toEqual([])
    expectRows(recordsOf(ran, STREAM), site.truth(STREAM))
    const carriers = recordsOf(ran, STREAM).filter(({ contentId }) => contentId === lowest)
    expect(new Set(carriers.map(({ restrictedById }) => restrictedById))).toEqual(new Set(ids))
    // It can be told, so that nothing is to be warned of.
    expect(ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))).toEqual([])
  })
}

const REFUSALS: ReadonlyArray<readonly [string, Fault]> = [
  ["404", { kind: "status", status: 404 }],
  ["JSON that is no content", { kind: "not-a-list", body: "null" }],
  ["JSON of something else", { kind: "not-a-list", body: '{"results":null}' }],
]

for (const [what, fault] of REFUSALS) {
  test(`a folder that the search shows is not taken for gone where a look at it answers ${what}`, async () => {
    const { site, ids, read } = chainOf(["folder", "page"])
    site.setFaults([{ ...fault, path: `/wiki/api/v2/folders/${ids[0]}` }])
    const ran = await read()
    expect(statusesOf(ran, STREAM).at(-1)).toBe("INCOMPLETE")
    expect(errorsOf(ran)[0]!["message"]).toContain(`the folder ${ids[0]}`)
  })
}

test("a folder that goes away while it is looked at costs its own rows and is no error", async () => {
  const { simulation, site, ids, read } = chainOf(["folder"])
  simulation.onExchange = ({ request }) => {
    if (!request.path.endsWith("/content/search")) return
    simulation.onExchange = () => {}
    site.purge(ids[0]!)
  }
  const ran = await read()
  expect(errorsOf(ran)).toEqual([])
  expect(recordsOf(ran, STREAM)).toEqual([])
})

test("where a content goes away that was to tell what lies above something hidden, another one below that is asked", async () => {
  const { simulation, site, ids, read, lowest } = chainOf(["page", "page", "page"])
  const other = site.create({ parentId: ids[1]! })
  site.restrict(ids[1]!)
  site.reveal(lowest)
  site.reveal(other)
  const asked: Array<string> = []
  simulation.onExchange = ({ request }) => {
    if (!request.path.endsWith("/ancestors")) return
    asked.push(request.path)
  }
  let isFirst = true
  const handle = site.handle.bind(site)
  site.handle = (request) => {
    if (request.path.endsWith("/ancestors") && isFirst) {
      isFirst = false
      site.restrict(request.path.split("/").at(-2)!)
    }
    return handle(request)
  }
  const ran = await read()
  expect(errorsOf(ran)).toEqual([])
  expect(asked).toHaveLength(2)
  expect(new Set(asked.map((path) => path.split("/").at(-2)))).toEqual(new Set([lowest, other]))
  const left = site.truth("pages").some(({ id }) => id === lowest) ? lowest : other
  const carriers = recordsOf(ran, STREAM).filter(({ contentId }) => contentId === left)
  expect(carriers.map(({ restrictedById }) => restrictedById)).toContain(ids[0])
})

test("what lies above a hidden folder is told by its own place among the ancestors, also where the content below it moves meanwhile", async () => {
  const { simulation, site, ids, read } = chainOf(["page", "folder", "page"], { quirks: { hiddenAncestors: true } })
  const [top, folder, page] = ids
  const sibling = site.create({ parentId: folder! })
  site.restrict(folder!)
  for (const id of [page!, sibling]) site.reveal(id)
  simulation.onExchange = ({ request }) => {
    if (!request.path.endsWith(`/folders/${folder}`) && !request.path.endsWith("/ancestors")) return
    simulation.onExchange = () => {}
    site.move(page!, { parentId: sibling })
  }
  const ran = await read()
  expect(errorsOf(ran)).toEqual([])
  expect(simulation.exchanged.map(({ request }) => request.path)).toContain(`/wiki/api/v2/pages/${page}/ancestors`)
  for (const id of [page, sibling]) {
    const rows = recordsOf(ran, STREAM).filter(({ contentId }) => contentId === id)
    expect(rows.map(({ restrictedById }) => restrictedById)).toContain(top)
  }
})
