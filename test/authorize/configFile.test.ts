/** Files that cannot be read or written are found out at once, and a failed write leaves what was there. */
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { readGiven, targetOf, writeConfig } from "../../src/authorize/configFile.ts"
import { withFolder } from "../support/runConnector.ts"
import { attempt, configIn, fileIn, modeOf } from "./attempt.ts"

const run = <A, E>(effect: Effect.Effect<A, E, any>): Promise<A> =>
  Effect.runPromise(effect.pipe(Effect.provide(NodeFileSystem.layer)) as Effect.Effect<A, E>)
const refusal = (effect: Effect.Effect<unknown, { readonly message: string }, any>): Promise<string> =>
  run(Effect.map(Effect.flip(effect), ({ message }) => message))

describe("a file that can be written", () => {
  it.each([0o600, 0o644, 0o400, 0o777])("is written for its owner alone, whatever its mode was: %o", (mode) =>
    withFolder(async (folder) => {
      const path = fileIn(folder, "c.json", "old", mode)
      await run(Effect.flatMap(targetOf("--config", path), (target) => writeConfig(target, { a: "ä" })))
      expect([configIn(path), modeOf(path), readdirSync(folder)]).toEqual([{ a: "ä" }, "600", ["c.json"]])
    }),
  )

  it("need not be there, and is not there before it is written", () =>
    withFolder(async (folder) => {
      const path = join(folder, "new.json")
      const target = await run(targetOf("--output", path))
      expect(readdirSync(folder)).toEqual([])
      await run(writeConfig(target, {}))
      expect([configIn(path), modeOf(path)]).toEqual([{}, "600"])
    }))

  it("can be named from the folder that we are in", async () => {
    const target = await run(targetOf("--output", "no-such-config.json"))
    expect(target).toEqual({ name: "no-such-config.json", path: "no-such-config.json" })
    expect(readdirSync(".").filter((name) => name.includes("no-such-config"))).toEqual([])
  })
})

describe("a file that cannot be written", () => {
  it("is found out beforehand, and told with the flag that names it", () =>
    withFolder(async (folder) => {
      const file = fileIn(folder, "file", "")
      mkdirSync(join(folder, "folder"))
      symlinkSync("folder", join(folder, "link"))
      const cases: ReadonlyArray<readonly [string, string]> = [
        [join(folder, "missing", "c.json"), "there is no such folder"],
        [join(file, "c.json"), "there is no such folder"],
        [join(folder, "folder"), "it is not a file"],
        [join(folder, "link"), "it is not a file"],
        ["/dev/null", "it is not a file"],
      ]
      for (const [path, why] of cases) {
        expect(await refusal(targetOf("--output", path))).toBe(`--output ${path}: it cannot be written: ${why}.`)
      }
      expect(readdirSync(folder).toSorted()).toEqual(["file", "folder", "link"])
    }))

  it("ends before anybody is asked or told to open something", () =>
    withFolder(async (folder) => {
      const path = join(folder, "missing", "c.json")
      const { failure, said } = attempt({ output: path }, { ask: () => Effect.die("asked") })
      expect(await failure).toBe(`--output ${path}: it cannot be written: there is no such folder.`)
      expect(said()).toBe("")
    }))

  it("although it could be at first leaves nothing beside it, and says that the tokens are lost", () =>
    withFolder(async (folder) => {
      const path = join(folder, "c.json")
      const target = await run(targetOf("--output", path))
      mkdirSync(path)
      expect(await refusal(writeConfig(target, {}))).toMatch(
        /^\S+c\.json could not be written: .*\. It is as it was; the tokens are lost: call authorize again with another --output\.$/,
      )
      expect(readdirSync(folder)).toEqual(["c.json"])
      rmSync(path, { recursive: true })
      renameSync(folder, `${folder}.moved`)
      expect(await refusal(writeConfig(target, {}))).toContain("could not be written: there is no such folder.")
      renameSync(`${folder}.moved`, folder)
    }))
})

describe("a --config that cannot be used", () => {
  it("is told in one sentence", () =>
    withFolder(async (folder) => {
      const broken = fileIn(folder, "broken.json", `{"credentials": {"client_secret": "s3cret"`)
      const empty = fileIn(folder, "empty.json", " ")
      const missing = join(folder, "missing.json")
      expect(await refusal(readGiven(broken))).toBe(`--config ${broken}: the file is not valid JSON.`)
      expect(await refusal(readGiven(empty))).toBe(`--config ${empty}: the file is empty; it must hold JSON.`)
      expect(await refusal(readGiven(folder))).toBe(`--config ${folder}: it is not a file.`)
      expect(await refusal(readGiven(missing))).toBe(
        `--config ${missing}: there is no such file. For a new config leave --config out, and name the file with --output.`,
      )
    }))

  it.each([
    ["[]", "The config must be a JSON object, but is a list."],
    ["null", "The config must be a JSON object, but is null."],
    ['"text"', "The config must be a JSON object, but is a string."],
  ])("is JSON of another shape: %s", (content, message) =>
    withFolder(async (folder) => {
      const path = fileIn(folder, "c.json", content)
      const { failure } = attempt({ config: path }, { ask: () => Effect.succeed("answer") })
      expect(await failure).toBe(message)
    }),
  )

  it("may have a byte order mark", () =>
    withFolder(async (folder) => {
      const path = fileIn(folder, "c.json", `\uFEFF{"credentials":{"client_id":"x"}}`)
      expect((await run(readGiven(path))).clientId).toBe("x")
    }))
})

describe("no file at all", () => {
  it("is told in one sentence", async () => {
    expect(await attempt({}).failure).toBe(
      "authorize needs a file to write the config to: name it with --output, or one to complete with --config.",
    )
  })
})
