/** The notices of bundled packages: every package that has code in the bundle, with the text of its licence. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { thirdPartyNotices } from "../../scripts/thirdPartyNotices.ts"

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "source-confluence-notices-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A package in `node_modules` with these files besides its package.json; the path of a module of it. */
const moduleOf = (name: string, files: Readonly<Record<string, string>>): string => {
  const home = join(folder, "node_modules", name)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, "package.json"), JSON.stringify({ name, version: "1.2.3", license: "MIT" }))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home, file), text)
  return join(home, "lib/index.js")
}

/** The notices for a bundle with these chunks of modules. */
const noticesFor = (...chunks: ReadonlyArray<ReadonlyArray<string>>): string => {
  const emitted: Array<{ readonly fileName: string; readonly source: string }> = []
  const bundle = Object.fromEntries(chunks.map((moduleIds, index) => [`chunk${index}.mjs`, { moduleIds }]))
  thirdPartyNotices().generateBundle.call({ emitFile: (file) => emitted.push(file) }, {}, { ...bundle, "icon.svg": {} })
  assert.deepEqual(
    emitted.map(({ fileName }) => fileName),
    ["THIRD_PARTY_NOTICES.txt"],
  )
  return emitted[0]!.source
}

describe("the notices", () => {
  it("name each package once, with its version and all its licence files, whatever they are called", () => {
    const plain = moduleOf("plain", { LICENSE: "Plain's terms", "README.md": "Read me" })
    const scoped = moduleOf("@scope/other", { "licence.md": "Other's terms", NOTICE: "Other's notice" })
    const notices = noticesFor([plain, plain.replace("index", "second")], [scoped, plain])
    assert.strictEqual(notices.split("plain 1.2.3 (MIT)").length, 2)
    for (const text of ["@scope/other 1.2.3 (MIT)", "Plain's terms", "Other's terms", "Other's notice"]) {
      assert.include(notices, text)
    }
    assert.notInclude(notices, "Read me")
  })

  it("name the package that a module is of where packages lie in one another, and where the module is a virtual one", () => {
    moduleOf("outer", { LICENSE: "Outer's terms" })
    const inner = moduleOf("outer/node_modules/inner", { LICENSE: "Inner's terms" })
    const notices = noticesFor([`\0${inner}?commonjs`])
    assert.include(notices, "Inner's terms")
    assert.notInclude(notices, "Outer's terms")
  })

  it("leave out what the project itself wrote", () => {
    assert.notInclude(noticesFor([join(folder, "src/main.ts")]), "---")
  })

  it("stop the build where a package comes without the text of its licence", () => {
    assert.throws(() => noticesFor([moduleOf("bare", {})]), /code of bare, which comes without the text of its licence/)
  })

  it("hold the very text of effect's licence", () => {
    const home = new URL("../../node_modules/effect/", import.meta.url)
    const notices = noticesFor([new URL("dist/index.js", home).pathname])
    assert.include(notices, readFileSync(new URL("LICENSE", home), "utf8").trim())
  })
})
