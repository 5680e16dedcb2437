/** What `--to` may name: what is found, made, and refused; and that what is refused stays as it is. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { fileNames } from "../../src/extract/copyOut.ts"
import { placeOf, Target } from "../../src/extract/target.ts"
import { TargetFailed } from "../../src/extract/TargetFailed.ts"
import { withFolder } from "../support/runConnector.ts"
import { withDuckDB } from "../support/tables.ts"

const SITE = { cloudId: "0c1", host: "acme.atlassian.net" }

const open = async (name: string, format?: string): Promise<Target> =>
  Target.open(placeOf(name, format), fileNames(["pages", "users"]))

const made = async (name: string): Promise<void> => {
  const target = await open(name)
  await target.claim(SITE)
  await target.close()
}

const refusal = async (work: () => Promise<unknown>): Promise<string> => {
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TargetFailed)
  return (error as TargetFailed).message
}

describe("a target that is something else", () => {
  it.each<readonly [string, string, (path: string) => unknown, string | undefined, RegExp]>([
    [
      "a file of another kind",
      "x.duckdb",
      (path) => writeFileSync(path, "text".repeat(9_999)),
      undefined,
      /another kind/,
    ],
    ["an empty file", "x.duckdb", (path) => writeFileSync(path, ""), undefined, /another kind/],
    ["a file where a folder is meant", "x", (path) => writeFileSync(path, "x"), undefined, /it is a file/],
    ["a folder where a file is meant", "x.duckdb", (path) => mkdirSync(path), undefined, /it is a folder/],
    ["a name of a single Parquet file", "x.parquet", () => undefined, undefined, /or a folder that gets a file/],
    ["a format for a DuckDB file", "x.duckdb", () => undefined, "csv", /has no --format/],
    ["a folder that is not there", "no/such/x.duckdb", () => undefined, undefined, /there is no folder/],
    ["a path below a file", "x/y", (path) => writeFileSync(join(path, ".."), "x"), undefined, /is a file/],
    [
      "a folder with a file of ours",
      ".",
      (path) => writeFileSync(join(path, "users.csv"), ""),
      undefined,
      /users\.csv/,
    ],
  ])("is refused and left as it is: %s", (_, name, make, format, message) =>
    withFolder(async (folder) => {
      make(join(folder, name))
      const before = readdirSync(folder, { recursive: true })
      expect(await refusal(() => open(join(folder, name), format))).toMatch(message)
      expect(readdirSync(folder, { recursive: true })).toEqual(before)
    }),
  )

  it("is refused: a database that somebody else has made, or a later version", () =>
    withFolder(async (folder) => {
      const [theirs, later] = [join(folder, "theirs.duckdb"), join(folder, "later.duckdb")]
      await made(later)
      await withDuckDB(undefined, async (connection) => {
        await connection.run(`attach '${theirs}' as t; create table t.pages (id integer); detach t`)
        await connection.run(`attach '${later}' as t; update t.source_confluence.target set version = 2; detach t`)
      })
      const before = [theirs, later].map((path) => readFileSync(path))
      expect(await refusal(() => open(theirs))).toMatch(/no extract has made/)
      expect(await refusal(() => open(later))).toMatch(/later version of source-confluence/)
      expect([theirs, later].map((path) => readFileSync(path))).toEqual(before)
    }))
})

describe("a target of another site", () => {
  it.each([
    ["the cloud id differs", { cloudId: "0c2", host: SITE.host }, true],
    ["the site was renamed", { cloudId: SITE.cloudId, host: "new.atlassian.net" }, false],
    ["the host differs, and no cloud id is told", { cloudId: undefined, host: "new.atlassian.net" }, true],
    ["no cloud id is told", { cloudId: undefined, host: SITE.host }, false],
  ])("%s", (_, site, isOther) =>
    withFolder(async (folder) => {
      const path = join(folder, "x.duckdb")
      await made(path)
      const target = await open(path)
      try {
        if (isOther) expect(await refusal(() => target.claim(site))).toMatch(/it is of another site, acme/)
        else await target.claim(site)
      } finally {
        await target.close()
      }
    }),
  )
})

describe("a target that is ours", () => {
  it("is found behind a link, and leaves nothing beside itself", () =>
    withFolder(async (folder) => {
      const path = join(folder, "a \"b\" 'c'.duckdb")
      await made(path)
      symlinkSync(path, join(folder, "link.duckdb"))
      await made(join(folder, "link.duckdb"))
      expect(readdirSync(folder).toSorted()).toEqual(["a \"b\" 'c'.duckdb", "link.duckdb"])
    }))

  it("is made by the one that comes first, and the other one is told", () =>
    withFolder(async (folder) => {
      const path = join(folder, "x.duckdb")
      const [one, other] = [await open(path), await open(path)]
      await one.claim(SITE)
      expect(await refusal(() => other.claim(SITE))).toMatch(/another extract has made it just now/)
      await other.close()
      await one.store.forget([])
      await one.close()
      await made(path)
      expect(readdirSync(folder)).toEqual(["x.duckdb"])
    }))
})
