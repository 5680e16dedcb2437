/** The words by which somebody looks up a message in the documentation are those that the connector says. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const source = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => readFileSync(join(root, "src", path), "utf8"))
  // A sentence may go on in the next line of the source.
  .map((text) => text.replaceAll(/["`] \+\s+["`]/g, ""))
  .join("\n")

const anchorsOf = (document: string): ReadonlyArray<string> =>
  [...document.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, "")
      .replaceAll(" ", "-"),
  )

describe.each([
  ["authentication.md", 20],
  ["network.md", 12],
])("docs/%s", (name, least) => {
  const document = readFileSync(join(root, "docs", name), "utf8")
  const [, troubleshooting] = document.split("## When it does not work")
  const messages = [...troubleshooting!.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, words]) => words!)

  it("explains a good many messages, each once", () => {
    assert.isAtLeast(messages.length, least)
    assert.strictEqual(new Set(messages).size, messages.length)
  })

  it.each(messages)("explains a message that there is: %s", (words) => {
    assert.include(source, words)
  })

  it.each(
    [...document.matchAll(/\]\((\w+\.md)?#([^)]+)\)/g)].map(([, other, anchor]) => [other ?? name, anchor!] as const),
  )("links to a heading that there is: %s#%s", (target, anchor) => {
    assert.include(anchorsOf(readFileSync(join(root, "docs", target), "utf8")), anchor)
  })
})
