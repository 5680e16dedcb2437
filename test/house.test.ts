/**
 * The house stands on its floors: which folder may use which, that no files use each other in a circle, types included, and that each
 * module begins with what it is for.
 */
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL("../src", import.meta.url))

/** For each folder those that its files may import from, beside itself. Files of src itself may import anything. */
const MAY_USE: Readonly<Record<string, ReadonlyArray<string>>> = {
  config: [],
  protocol: [],
  generated: ["confluence", "streams", "sync"],
  confluence: ["config"],
  site: ["config", "confluence", "protocol"],
  sync: ["config", "confluence", "protocol", "site"],
  streams: ["config", "confluence", "protocol", "site", "sync"],
  authorize: ["config", "confluence", "protocol"],
  extract: ["config"],
  commands: [
    "authorize",
    "config",
    "confluence",
    "extract",
    "generated",
    "protocol",
    "sample-site",
    "site",
    "streams",
    "sync",
  ],
  "sample-site": [],
}

const IMPORT = /^\s*(?:import|export) [^"]*?from "(\.[^"]+)"|import\("(\.[^"]+)"\)|^import "(\.[^"]+)"/gm

const files = globSync("**/*.ts", { cwd: root })
const importsOf = (file: string): ReadonlyArray<string> =>
  [...readFileSync(join(root, file), "utf8").matchAll(IMPORT)].map(([, ...paths]) =>
    normalize(
      join(
        dirname(file),
        paths.find((path) => path !== undefined)!,
      ),
    ),
  )
const uses = new Map(files.map((file) => [file, importsOf(file)]))
const folderOf = (file: string): string => (file.includes("/") ? file.slice(0, file.indexOf("/")) : "")

test("a folder uses those below it alone", () => {
  const upward = [...uses].flatMap(([file, used]) =>
    used
      .filter((other) => folderOf(file) !== "" && folderOf(other) !== folderOf(file))
      .filter(
        (other) =>
          folderOf(other) !== "" && !other.endsWith(".json") && !MAY_USE[folderOf(file)]?.includes(folderOf(other)),
      )
      .map((other) => `${file} uses ${other}`),
  )
  expect(files.length).toBeGreaterThan(100)
  expect(upward).toEqual([])
})

/** A way from a file back to itself, if there is one. */
const circleFrom = (start: string): ReadonlyArray<string> | undefined => {
  const seen = new Set<string>()
  const walk = (path: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
    for (const next of uses.get(path.at(-1)!) ?? []) {
      if (next === start) return [...path, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = walk([...path, next])
      if (found !== undefined) return found
    }
    return undefined
  }
  return walk([start])
}

test("no files use each other in a circle, types included", () => {
  expect(files.flatMap((file) => circleFrom(file)?.join(" → ") ?? [])).toEqual([])
})

test("each module begins with what it is for", () => {
  const without = files.filter(
    (file) => folderOf(file) !== "generated" && !readFileSync(join(root, file), "utf8").startsWith("/**"),
  )
  expect(without).toEqual([])
})
