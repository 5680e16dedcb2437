/** `extract` through the executable: a site as a DuckDB file and as folders, and what becomes of them when the site changes. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { schemas } from "../../src/generated/schemas.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import {
  type ConnectorRun,
  executable,
  type Row,
  runConnector,
  SHORT_PAUSES,
  withFolder,
} from "../support/runConnector.ts"
import { ask, fileOf, tablesOf, withDuckDB } from "../support/tables.ts"
import { ALL_STREAMS } from "./catalogs.ts"
import { expectRowsOfSite } from "./siteTruth.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 30, spaces: 3 })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

const extract = (folder: string, to: string, ...flags: ReadonlyArray<string>): Promise<ConnectorRun> => {
  const config = join(folder, "config.json")
  if (!existsSync(config))
    writeFileSync(config, JSON.stringify({ ...server.site.config(), reconcile_interval_hours: 0 }))
  return runConnector(["extract", "--config", config, "--to", to, ...flags], {
    plain: true,
    env: SHORT_PAUSES,
    cwd: folder,
  })
}

/** The rows of the table at the end: stream, rows, new, changed, deleted. */
const countsOf = ({ lines }: ConnectorRun): Readonly<Record<string, ReadonlyArray<number>>> =>
  Object.fromEntries(
    lines.slice(1).map((line) => {
      const [stream = "", ...counts] = line.split(/ +/)
      return [stream, counts.slice(0, 4).map((count) => Number(count.replaceAll(",", "")))]
    }),
  )

/** The streams that are read again when the site has changed; the others cost a request for each page. */
const CHANGING = ["spaces", "pages", "comments", "attachments", "groups", "group_members"]

const expectSite = (
  tables: ReadonlyMap<string, ReadonlyArray<Row>>,
  streams: ReadonlyArray<string> = ALL_STREAMS,
): void => {
  for (const stream of streams) expectRowsOfSite(server.site, stream, tables.get(stream) ?? [], { ofTable: true })
}

const deletedIn = (tables: ReadonlyMap<string, ReadonlyArray<Row>>): ReadonlyArray<Row> =>
  (tables.get("deleted_rows") ?? []).map(({ stream, key, deletion_reason: reason }) => ({ stream, key, reason }))

/** The types of the columns are those of the schema, and its descriptions are comments. */
const expectDescribed = (target: string): Promise<void> =>
  withDuckDB(target, async (connection) => {
    const columns = await ask(
      connection,
      "select column_name, data_type, comment from duckdb_columns() where database_name = 'site' and schema_name = 'main' and table_name = 'pages'",
    )
    const { properties } = schemas["pages"]!
    expect(columns.map(({ column_name: name }) => name)).toEqual(Object.keys(properties))
    const typeOf = Object.fromEntries(columns.map(({ column_name: name, data_type: type }) => [String(name), type]))
    expect(typeOf).toMatchObject({
      id: "VARCHAR",
      createdAt: "TIMESTAMP WITH TIME ZONE",
      position: "BIGINT",
      version: "JSON",
      _ab_cdc_deleted_at: "TIMESTAMP WITH TIME ZONE",
    })
    for (const { column_name: name, comment } of columns) {
      expect(comment).toBe((properties[String(name)] as { readonly description: string }).description)
    }
    const tables = await ask(connection, "select table_name, comment from duckdb_tables() where schema_name = 'main'")
    expect(tables).toContainEqual({ table_name: "users", comment: schemas["users"]!.description })
  })

describe("a DuckDB file", () => {
  it("holds the site, then what has changed, and what was deleted with the reason", () =>
    withFolder(async (folder) => {
      const target = join(folder, 'it\'s "the" site.duckdb')
      const first = await extract(folder, target)
      expect([first.exitCode, first.unfinished]).toEqual([0, ""])
      expect(first.lines[0]).toMatch(/^STREAM +ROWS +NEW +CHANGED +DELETED +REQUESTS +SECONDS$/)
      expect(readdirSync(folder).toSorted()).toEqual(["config.json", 'it\'s "the" site.duckdb'])
      const before = await tablesOf(target)
      expectSite(before)
      await expectDescribed(target)
      expect([...before.keys()].toSorted()).toEqual([...ALL_STREAMS, "deleted_rows"].toSorted())
      const pages = before.get("pages")!
      expect(countsOf(first)["pages"]).toEqual([pages.length, pages.length, 0, 0])

      const [edited, trashed, purged] = pages.filter(({ status }) => status === "current").map(({ id }) => String(id))
      server.site.edit(edited!, { title: "Edited" })
      server.site.trash(trashed!)
      server.site.purge(purged!)
      const [group] = server.site.truth("groups")
      server.site.removeGroup(String(group!["id"]))
      const some = ["--streams", CHANGING.join(",")]
      const second = await extract(folder, target, ...some)
      expect(second.exitCode).toBe(0)
      const after = await tablesOf(target)
      expectSite(after, CHANGING)
      expect(countsOf(second)["pages"]).toEqual([after.get("pages")!.length, 0, expect.any(Number), 2])
      // What is purged without having been in the trash cannot be told from what is hidden.
      expect(deletedIn(after)).toEqual(
        expect.arrayContaining([
          { stream: "pages", key: { id: trashed }, reason: "trashed" },
          { stream: "pages", key: { id: purged }, reason: "not_visible" },
          { stream: "groups", key: { id: group!["id"] }, reason: null },
        ]),
      )

      server.site.restore(trashed!)
      expect((await extract(folder, target, ...some)).exitCode).toBe(0)
      const restored = await tablesOf(target)
      expectSite(restored, CHANGING)
      expect(deletedIn(restored)).not.toContainEqual(expect.objectContaining({ key: { id: trashed } }))
      expect(deletedIn(restored)).toContainEqual({ stream: "pages", key: { id: purged }, reason: "not_visible" })

      const anew = await extract(folder, target, "--full", "--streams", "pages,groups")
      expect(anew.exitCode).toBe(0)
      const whole = await tablesOf(target)
      expectSite(whole, CHANGING)
      expect(deletedIn(whole).filter(({ stream }) => stream === "pages" || stream === "groups")).toEqual([])
      expect(Object.keys(countsOf(anew))).toEqual(["pages", "groups"])
    }))
})

describe("a folder", () => {
  it("has a file for each stream", () =>
    withFolder(async (folder) => {
      const target = join(folder, "out")
      expect((await extract(folder, target, "--streams", CHANGING.join(","))).exitCode).toBe(0)
      const files = [...CHANGING, "deleted_rows"].map((name) => `${name}.parquet`)
      expect(readdirSync(target).toSorted()).toEqual([".source-confluence", ...files].toSorted())
      for (const stream of CHANGING) {
        expectRowsOfSite(server.site, stream, (await fileOf(target, stream, "parquet"))!, { ofTable: true })
      }
    }))

  it("is written anew where something has changed, and in another format where that is asked for", () =>
    withFolder(async (folder) => {
      const target = join(folder, "out")
      const some = ["--streams", "pages,spaces"]
      expect((await extract(folder, target, ...some)).exitCode).toBe(0)
      const inode = (file: string) => statSync(join(target, file)).ino
      const before = { pages: inode("pages.parquet"), spaces: inode("spaces.parquet") }
      const [page] = server.site.truth("pages")
      server.site.edit(String(page!["id"]), { title: "Edited" })
      expect((await extract(folder, target, ...some)).exitCode).toBe(0)
      expect(inode("spaces.parquet")).toBe(before.spaces)
      expect(inode("pages.parquet")).not.toBe(before.pages)
      expectRowsOfSite(server.site, "pages", (await fileOf(target, "pages", "parquet"))!, { ofTable: true })
      expect((await extract(folder, target, ...some, "--format", "ndjson")).exitCode).toBe(0)
      const files = ["deleted_rows.ndjson", "pages.ndjson", "spaces.ndjson"]
      expect(readdirSync(target).toSorted()).toEqual([".source-confluence", ...files])
      const lines = (await fileOf(target, "pages", "ndjson"))!.map(withTimes)
      expectRowsOfSite(server.site, "pages", lines, { ofTable: true })
      // The folder keeps its format.
      server.site.edit(String(page!["id"]), { title: "Edited again" })
      expect((await extract(folder, target, ...some)).exitCode).toBe(0)
      expect(readdirSync(target).toSorted()).toEqual([".source-confluence", ...files])
    }))
})

/** Times as DuckDB writes them into lines of JSON, as records have them. */
const withTimes = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/.test(value)
        ? new Date(value.replace(" ", "T").replace("+00", "Z")).toISOString()
        : value,
    ]),
  )

/** A sentence on stderr, and the same as a TRACE ERROR on stdout. */
const expectFailed = (run: ConnectorRun, message: RegExp): void => {
  expect(run.exitCode).toBe(1)
  const { error } = JSON.parse(run.lines[0]!).trace
  expect(error).toMatchObject({ message: expect.stringMatching(message), failure_type: "config_error" })
  expect(run.stderr).toContain(`${error.message}\n`)
}

describe("a target", () => {
  it("is refused: a database that somebody else has made, before the site is asked", () =>
    withFolder(async (folder) => {
      const path = join(folder, "mine.duckdb")
      await withDuckDB(undefined, (connection) =>
        connection.run(`attach '${path}' as mine; create table mine.pages (id integer); detach mine`),
      )
      const before = readFileSync(path)
      expectFailed(await extract(folder, path), /no extract has made/)
      expect(readFileSync(path)).toEqual(before)
      expect(server.site.statistics().requests).toBe(0)
    }))

  it("is refused: one of another site", () =>
    withFolder(async (folder) => {
      const other = await startSampleSite({ pages: 3, spaces: 1, cloudId: "00000000-0000-4000-8000-000000000007" })
      try {
        const path = join(folder, "site.duckdb")
        expect((await extract(folder, path, "--streams", "spaces")).exitCode).toBe(0)
        const before = await tablesOf(path)
        writeFileSync(join(folder, "config.json"), JSON.stringify(other.site.config()))
        expectFailed(await extract(folder, path, "--streams", "spaces", "--full"), /it is of another site/)
        expect(await tablesOf(path)).toEqual(before)
      } finally {
        await other.close()
      }
    }))

  it("is refused while another process has it", () =>
    withFolder(async (folder) => {
      const path = join(folder, "site.duckdb")
      expect((await extract(folder, path, "--streams", "spaces")).exitCode).toBe(0)
      await withDuckDB(path, async () => {
        expectFailed(await extract(folder, path, "--streams", "spaces"), /in use by another process \(.*PID \d+\)/)
      })
    }))
})

describe("what fails", () => {
  it("costs the stream that it is of, whose table is as it was, or not there", () =>
    withFolder(async (folder) => {
      const path = join(folder, "site.duckdb")
      server.site.set({ forbidden: ["/wiki/rest/api/group", "/wiki/api/v2/pages"] })
      const run = await extract(folder, path, "--streams", "pages,groups,spaces")
      expect(run.exitCode).toBe(1)
      const tables = await tablesOf(path)
      expect([...tables.keys()].toSorted()).toEqual(["deleted_rows", "spaces"])
      expect(run.lines.some((line) => /^groups +0 +0 .* incomplete$/.test(line))).toBe(true)
      expect(run.stderr).toMatch(/^.*\/wiki\/rest\/api\/group/m)
    }))

  it("says so before a token is spent, where the config of OAuth 2.0 cannot be written", () =>
    withFolder(async (folder) => {
      const config = join(folder, "config.json")
      writeFileSync(config, JSON.stringify(server.site.config("oauth2.0")))
      const run = await runConnector(
        ["-c", 'exec "$0" extract --config <(cat "$1") --to "$2"', executable, config, join(folder, "x.duckdb")],
        { executable: "bash", plain: true },
      )
      expectFailed(run, /it cannot be written/)
      expect(server.site.statistics().requests).toBe(0)
      expect(readdirSync(folder)).toEqual(["config.json"])
    }))

  it("keeps the new refresh token in the config, whose mode is kept", () =>
    withFolder(async (folder) => {
      const config = join(folder, "config.json")
      const tokenIn = () => JSON.parse(readFileSync(config, "utf8")).credentials.refresh_token
      writeFileSync(config, JSON.stringify(server.site.config("oauth2.0")))
      chmodSync(config, 0o400)
      const first = tokenIn()
      const run = await extract(folder, join(folder, "x.duckdb"), "--streams", "spaces")
      expect(run.exitCode).toBe(0)
      expect(tokenIn()).not.toBe(first)
      expect((statSync(config).mode & 0o777).toString(8)).toBe("400")
      expect(run.stderr + run.lines.join("\n")).not.toContain(tokenIn())
    }))
})
