/** The generator, run over a small copy of the project: what it writes, and what `--check` says. */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, beforeAll, afterAll, describe, it } from "@effect/vitest"

const project = fileURLToPath(new URL("../..", import.meta.url))
let copy = ""

const at = (path: string): string => join(copy, path)
const read = (path: string): string => readFileSync(at(path), "utf8")
const generate = (...flags: ReadonlyArray<string>) => {
  const { status, stderr } = spawnSync(process.execPath, [at("scripts/generate.ts"), ...flags], { encoding: "utf8" })
  return { status, stderr }
}

const definition = (name: string, exported: string): string =>
  `export const ${exported} = { name: "${name}", primaryKey: ["id"], syncModes: ["full_refresh"], endpoints: [{ path: "/wiki/api/v2/spaces", scopes: [["read:space:confluence"]] }] }\n`

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "generate-"))
  for (const path of [
    "scripts/generate.ts",
    "scripts/entityDiagram.ts",
    "src/config",
    "src/streams/catalogStream.ts",
    "src/confluence/scopes.ts",
    "src/sample-site/quirks.ts",
    "test/simulation/doubts.ts",
    "test/simulation/belongingDoubts.ts",
    "test/simulation/treeDoubts.ts",
    "package.json",
  ]) {
    cpSync(join(project, path), at(path), { recursive: true })
  }
  for (const stem of ["spaces", "blog_posts", "group_members"])
    cpSync(join(project, `schemas/${stem}.json`), at(`schemas/${stem}.json`))
  symlinkSync(join(project, "node_modules"), at("node_modules"))
  mkdirSync(at("src/streams/definitions"), { recursive: true })
  mkdirSync(at("docs"))
  writeFileSync(
    at("docs/authentication.md"),
    "# Signing in\n\n<!-- generated: scopes -->\n<!-- /generated -->\n\nAnd\n\n<!-- generated: endpoints -->\n<!-- /generated -->\n",
  )
  writeFileSync(at("README.md"), "# Hello\n\n<!-- generated: streams -->\nold\n<!-- /generated -->\n\nBye\n")
})
afterAll(() => rmSync(copy, { recursive: true }))

describe("the generator", () => {
  it("writes types and schemas where no stream is defined yet", () => {
    const { status, stderr } = generate()
    assert.strictEqual(status, 0, stderr)
    for (const type of ["SpacesRow", "BlogPostsRow", "GroupMembersRow"])
      assert.include(read("src/generated/rows.ts"), `export interface ${type} {`)
    assert.deepEqual(generate("--check"), { status: 0, stderr: "" })
  })

  it("names in a check what is out of date, without touching it", () => {
    writeFileSync(at("src/streams/definitions/spaces.ts"), definition("spaces", "spaces"))
    writeFileSync(at("src/streams/definitions/blog_posts.ts"), definition("blog_posts", "blogPosts"))
    const before = read("src/generated/streams.ts")
    assert.deepEqual(generate("--check"), {
      status: 1,
      stderr: [
        "src/generated/streams.ts",
        "src/generated/endpoints.ts",
        "src/generated/spec.json",
        "integration_tests/configured_catalog.json",
        "docs/erd.md",
        "docs/streams.md",
        "README.md",
        "docs/authentication.md",
      ]
        .map((path) => `out of date: ${path}\n`)
        .join(""),
    })
    assert.strictEqual(read("src/generated/streams.ts"), before)
  })

  it("registers streams in the documented order and writes the tables, and then has nothing left to do", () => {
    assert.strictEqual(generate().status, 0)
    assert.match(read("src/generated/streams.ts"), /\[spaces, blogPosts\]/)
    assert.match(
      read("README.md"),
      /^# Hello\n\n<!-- generated: streams -->\n\n\| stream [^]*\| \[blog_posts\]\(docs\/streams\.md#blog_posts\)[^]*\n<!-- \/generated -->\n\nBye\n$/,
    )
    assert.notInclude(read("README.md"), "old")
    const authentication = read("docs/authentication.md")
    assert.match(
      authentication,
      /\| blog_posts +\| `offline_access`<br>`read:confluence-user`<br>`read:space:confluence` +\| `read:confluence-user`<br>/,
    )
    assert.match(authentication, /\| `\/wiki\/api\/v2\/spaces` +\| `read:space:confluence` +\| spaces, blog_posts +\|/)
    const page = read("docs/streams.md")
    assert.match(page, /\| `version\.createdAt` +\| timestamp with time zone +\| When this version was saved\. +\|/)
    assert.match(page, /\| `groupId` +\| string +\| The ID of the group\. +\|/)
    assert.deepEqual(generate(), { status: 0, stderr: "" })
    assert.deepEqual(generate("--check"), { status: 0, stderr: "" })
  })

  it("notices a schema that changed", () => {
    writeFileSync(at("schemas/spaces.json"), read("schemas/spaces.json").replace("The name of the space.", "Its name."))
    const { status, stderr } = generate("--check")
    assert.strictEqual(status, 1)
    assert.strictEqual(
      stderr,
      "out of date: src/generated/rows.ts\nout of date: integration_tests/configured_catalog.json\nout of date: docs/streams.md\n",
    )
  })

  it("refuses a stream without a schema, and a definition under another name", () => {
    writeFileSync(at("src/streams/definitions/labels.ts"), definition("labels", "labels"))
    assert.include(generate().stderr, "schemas/labels.json is missing")
    writeFileSync(at("src/streams/definitions/labels.ts"), definition("tags", "labels"))
    assert.include(generate().stderr, `must define the stream "labels", but its name is "tags"`)
    writeFileSync(at("src/streams/definitions/labels.ts"), definition("labels", "tags"))
    assert.include(generate().stderr, `src/streams/definitions/labels.ts must export "labels"`)
    assert.isFalse(existsSync(at("schemas/labels.json")))
  })
})
