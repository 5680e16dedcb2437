import { createHash } from "node:crypto"
/** The staging folder on a real disk, and files over real sockets: what is found there after success, failure and kills. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterEach, beforeEach, expect, test } from "vitest"
import { DiskFile } from "../../src/sync/DiskFile.ts"
import { diskStaging } from "../../src/sync/diskStaging.ts"
import { Staging } from "../../src/sync/Staging.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "source-confluence-staging-test-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withStaging = <A, E>(use: (staging: Staging["Service"]) => Effect.Effect<A, E>, named = folder): Promise<A> =>
  Effect.runPromise(Effect.provide(Effect.flatMap(Staging, use), diskStaging("attachments", named)))

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")

test("a file has its name when it is whole, and before that none that anybody would look for", async () => {
  const bytes = Buffer.alloc(3_000_000, "abc")
  const staged = await withStaging((staging) =>
    Effect.gen(function* () {
      const file = yield* staging.open("att1", "../a name.bin")
      for (let at = 0; at < bytes.length; at += 70_000) {
        yield* Effect.promise(async () => file.write(Buffer.from(bytes.subarray(at, at + 70_000))))
      }
      expect(existsSync(join(folder, "attachments", "att1"))).toBe(false)
      const kept = yield* file.keep
      yield* file.drop
      return kept
    }),
  )
  expect(staged).toEqual({
    path: join(folder, "attachments/att1/__a name.bin"),
    relativePath: "attachments/att1/__a name.bin",
    bytes: bytes.length,
    sha256: sha256(bytes),
  })
  expect(readFileSync(staged.path).equals(bytes)).toBe(true)
  expect(readdirSync(join(folder, "attachments"))).toEqual(["att1"])
})

test("a newer version takes the place of an older one, under another name too", async () => {
  const put = (name: string, text: string) =>
    withStaging((staging) =>
      Effect.gen(function* () {
        const file = yield* staging.open("att1", name)
        yield* Effect.promise(async () => file.write(Buffer.from(text)))
        return yield* file.keep
      }),
    )
  await put("old.txt", "one")
  await put("old.txt", "two")
  const last = await put("new.txt", "three")
  expect(readdirSync(join(folder, "attachments/att1"))).toEqual(["new.txt"])
  expect(readFileSync(last.path, "utf8")).toBe("three")
})

test("what is begun anew holds nothing of what came before", async () => {
  const staged = await withStaging((staging) =>
    Effect.gen(function* () {
      const file = yield* staging.open("att1", "a")
      yield* Effect.promise(async () => file.write(Buffer.alloc(5_000_000, 1)))
      yield* Effect.promise(() => file.restart())
      expect(file.length).toBe(0)
      yield* Effect.promise(async () => file.write(Buffer.from("short")))
      return yield* file.keep
    }),
  )
  expect(readFileSync(staged.path, "utf8")).toBe("short")
  expect(staged.sha256).toBe(sha256(Buffer.from("short")))
})

test("what a killed process has left is cleared away, what another one is writing is not", async () => {
  mkdirSync(join(folder, "attachments/.partial-999999999-x"), { recursive: true })
  writeFileSync(join(folder, "attachments/.partial-999999999-x/0"), "half")
  mkdirSync(join(folder, `attachments/.partial-${process.ppid}-y`))
  await withStaging((staging) => Effect.flatMap(staging.open("att1", "a"), ({ drop }) => drop))
  expect(readdirSync(join(folder, "attachments"))).toEqual([`.partial-${process.ppid}-y`])
})

test("a folder that is none, or cannot be written, is told with what to do", async () => {
  const file = join(folder, "file")
  writeFileSync(file, "")
  const open = (named: string) => withStaging((staging) => Effect.flip(staging.open("att1", "a")), named)
  expect(await open(file)).toMatchObject({
    failureType: "config_error",
    message: expect.stringMatching(
      /^attachments: the files cannot be put into the staging folder .*AIRBYTE_STAGING_DIRECTORY/,
    ),
  })
  if (process.getuid?.() === 0) return
  chmodSync(folder, 0o500)
  expect(await open(folder)).toMatchObject({
    failureType: "config_error",
    message: expect.stringContaining("may not be written"),
  })
})

test("a disk that takes a part of what it is given gets the rest, or says why not", async () => {
  const path = join(folder, "file")
  const disk = await DiskFile.create(path)
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))
  for (let at = 0; at < bytes.length; at += 1000) disk.write(Buffer.from(bytes.subarray(at, at + 1000)))
  await disk.end()
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(disk.digest()).toBe(sha256(bytes))
  if (!existsSync("/dev/full")) return
  const full = await withStaging((staging) =>
    Effect.succeed(staging.failure(Object.assign(new Error("write"), { code: "ENOSPC" }))),
  )
  expect(full).toMatchObject({ failureType: "transient_error", message: expect.stringContaining("the disk is full") })
})
