/**
 * Who can read what, computed from what the connector sends alone, is who truly can: over histories in which permissions, roles, groups,
 * people and restrictions change and content moves, in every role mode.
 */
import { describe, expect, test } from "vitest"
import { ALL_QUIRKS, type Quirks } from "../../src/sample-site/quirks.ts"
import { hash32, pick } from "../../src/sample-site/seededChance.ts"
import { Connection } from "../support/Connection.ts"
import { merged } from "../support/destination.ts"
import { errorsOf, Simulation, statusesOf } from "../support/inProcess.ts"
import { readersByQuery } from "./asQuery.ts"
import { effectiveReaders, type Reader, type Row, TABLES, type Tables } from "./effectiveReaders.ts"
import { change, PERMISSION_CHANGES, type PermissionChange } from "./permissionChanges.ts"

const INCREMENTAL: ReadonlySet<string> = new Set(["pages", "blog_posts"])
const KINDS = Object.keys(PERMISSION_CHANGES) as ReadonlyArray<PermissionChange>
const ROUNDS = 3
const CHANGES = 14

const catalog = {
  streams: TABLES.map((name) => ({
    stream: { name, json_schema: { type: "object" }, supported_sync_modes: ["full_refresh", "incremental"] },
    sync_mode: INCREMENTAL.has(name) ? "incremental" : "full_refresh",
    destination_sync_mode: INCREMENTAL.has(name) ? "append_dedup" : "overwrite",
  })),
}

/** A site, and the destination that follows it; pages and blog posts incrementally, all else in full. */
class Followed {
  readonly simulation: Simulation
  readonly connection: Connection
  readonly done = new Set<PermissionChange>()

  constructor(seed: number, quirks: Partial<Quirks>) {
    const settings = { quirks, maxPrincipals: 3 }
    this.simulation = new Simulation({ seed, pages: 70, spaces: 5, users: 60, groups: 8, blogPosts: 12, settings })
    this.connection = new Connection(this.simulation)
  }

  change(draw: number): void {
    for (let at = 0; at < CHANGES; at++) {
      const kind = pick(KINDS, hash32(draw, 1, at))
      if (change(this.simulation.site, kind, hash32(draw, 2, at))) this.done.add(kind)
    }
  }

  async sync(): Promise<Tables> {
    const run = await this.connection.sync({
      catalog,
      config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
      jobId: String(this.connection.runs.length),
    })
    for (const name of TABLES) expect(statusesOf(run, name).at(-1), name).toBe("COMPLETE")
    const runsOf = (name: string) => (INCREMENTAL.has(name) ? this.connection.runs : [run])
    return Object.fromEntries(TABLES.map((name) => [name, merged(name, runsOf(name))])) as unknown as Tables
  }

  /** Who can truly read what of the content and of the accounts that the destination knows. */
  truth(tables: Tables): ReadonlySet<string> {
    const content = new Set<unknown>([...tables.pages, ...tables.blog_posts].map(({ id }) => id))
    const accounts = new Set<unknown>(tables.users.map(({ accountId }) => accountId))
    const known = ({ contentId, accountId }: Row) => content.has(contentId) && accounts.has(accountId)
    return new Set(this.simulation.site.truth("effective_readers").filter(known).map(pairOf))
  }
}

const pairOf = ({ contentId, accountId }: Row | Reader): string => `${String(contentId)} ${String(accountId)}`
const without = (some: ReadonlySet<string>, others: ReadonlySet<string>) => [...some.difference(others)].slice(0, 5)

describe.each(ALL_QUIRKS.roleMode)("who can read what, from the tables alone, on a site in the mode %s", (roleMode) => {
  test.each([1, 2, 3])("is who truly can, whatever changes (seed %i)", async (seed) => {
    const quirks = {
      roleMode,
      permissionsBesideRoles: seed !== 2,
      deletedPrincipals: pick(ALL_QUIRKS.deletedPrincipals, seed),
      restrictionShape: pick(ALL_QUIRKS.restrictionShape, seed + 1),
    }
    const followed = new Followed(seed, quirks)
    const counts: Array<number> = []
    for (let round = 0; round <= ROUNDS; round++) {
      if (round > 0) followed.change(hash32(seed, 3, round))
      const tables = await followed.sync()
      const truth = followed.truth(tables)
      const found = effectiveReaders(tables)
      const pairs = new Set(found.map(pairOf))
      expect(without(pairs, truth), `round ${round}: may not read, but is said to`).toEqual([])
      expect(without(truth, pairs), `round ${round}: may read, but is not said to`).toEqual([])
      expect(pairs.size).toBe(found.length)
      const vias = (all: ReadonlyArray<Reader>) => all.map((each) => `${pairOf(each)} ${each.via}`).toSorted()
      expect(vias(readersByQuery(tables))).toEqual(vias(found))
      // Restrictions do close something, or the comparison would say little of them.
      expect(effectiveReaders({ ...tables, content_restrictions: [] }).length).toBeGreaterThan(found.length)
      counts.push(found.length)
    }
    expect(new Set(counts).size).toBeGreaterThan(1)
    expect(followed.done.size).toBeGreaterThan(12)
  })
})

test.each(["restrictionsOfTree", "restrictionsOfArchived", "restrictionsOfTrashed"] as const)(
  "where a site tells nothing of some content (%s), the run says so: without rows is not open",
  async (quirk) => {
    const simulation = new Simulation({ seed: 4, pages: 200, settings: { quirks: { [quirk]: "404" } } })
    const run = await simulation.run("read", { streams: ["content_restrictions"] })
    expect(statusesOf(run, "content_restrictions").at(-1)).toBe("INCOMPLETE")
    expect(errorsOf(run).map(({ message }) => message as string)).toEqual([
      expect.stringContaining("the restrictions of some contents"),
    ])
  },
)
