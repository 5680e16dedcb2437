import { writeFileSync } from "node:fs"
/** The files that --catalog takes: a configured catalog, and what `discover` prints, whole or in part. */
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import { readCatalog } from "../../src/protocol/ConfiguredCatalog.ts"
import { withFolder } from "../support/runConnector.ts"

const PAGES = {
  name: "pages",
  json_schema: { properties: { id: {}, title: {} } },
  supported_sync_modes: ["full_refresh", "incremental"],
}
const SPACES = { name: "spaces", json_schema: {}, supported_sync_modes: ["full_refresh"] }
const CATALOG = { type: "CATALOG", catalog: { streams: [PAGES, SPACES] } }
const LOG = { type: "LOG", log: { level: "INFO", message: 'a line that names "CATALOG"' } }

const decoded = (text: string) =>
  withFolder((folder) => {
    const path = `${folder}/catalog.txt`
    writeFileSync(path, text)
    return Effect.runPromise(readCatalog(path).pipe(Effect.result, Effect.provide(NodeServices.layer)))
  })

const all = [
  { descriptor: { name: "pages" }, syncMode: "incremental", columns: new Set(["id", "title"]) },
  { descriptor: { name: "spaces" }, syncMode: "full_refresh", columns: undefined },
]

describe("what discover printed", () => {
  const texts: Readonly<Record<string, string>> = {
    "as it was printed": `${JSON.stringify(LOG)}\n${JSON.stringify(CATALOG)}\n`,
    "with Windows' line ends": `${JSON.stringify(LOG)}\r\n${JSON.stringify(CATALOG)}\r\n`,
    "its message alone, laid out": JSON.stringify(CATALOG, undefined, 2),
    "the catalog inside alone": JSON.stringify(CATALOG.catalog),
  }
  for (const [what, text] of Object.entries(texts)) {
    test(`${what}: all streams, incremental where they can be`, async () => {
      expect(await decoded(text)).toMatchObject({ success: all })
    })
  }
})

test("a configured catalog stays what it says", async () => {
  const streams = [{ stream: PAGES, sync_mode: "full_refresh", destination_sync_mode: "append" }]
  expect(await decoded(JSON.stringify({ streams }))).toMatchObject({
    success: [{ descriptor: { name: "pages" }, syncMode: "full_refresh" }],
  })
})

test("what is neither is one sentence", async () => {
  const problem = async (text: string) => {
    const result = await decoded(text)
    return result._tag === "Failure" ? result.failure.message : "none"
  }
  expect(await problem(`${JSON.stringify(LOG)}\n`)).toMatch(/"streams" must be a list of configured streams/)
  expect(await problem('{"type":"CATALOG"}\n')).toMatch(/"streams" must be a list/)
  expect(await problem("nonsense")).toMatch(/not valid JSON\.$/)
  expect(await problem('{"streams":[{"sync_mode":"incremental"}]}')).toMatch(/"streams\[0\]\.stream" must be an object/)
})
