/** Files by the real executable, over real sockets onto a real disk: whole or not there, whatever ends the process. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterEach, expect, test } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import {
  type ConnectorRun,
  errorsOf,
  executable,
  recordsOf,
  runCommand,
  runConnector,
  type RunOptions,
  SHORT_PAUSES,
  statusesOf,
  withFolder,
  writeInputs,
} from "../support/runConnector.ts"

let sample: RunningSampleSite | undefined
afterEach(() => sample?.close())

const siteOf = async (options: SampleSiteOptions = {}) => {
  sample = await startSampleSite({ pages: 20, spaces: 2, attachments: 24, largestFile: 60_000, seed: 5, ...options })
  return sample
}

const CATALOG = {
  streams: [
    {
      stream: { name: "attachments", json_schema: { type: "object" }, supported_sync_modes: ["incremental"] },
      sync_mode: "incremental",
      destination_sync_mode: "append_dedup",
      include_files: true,
    },
  ],
}

/** What the site's files are, by attachment. */
const truthOf = ({ site }: RunningSampleSite) =>
  new Map(
    site
      .truth("attachments")
      .filter(({ fileId }) => fileId !== "UNKNOWN_MEDIA_ID")
      .map(({ id }) => [String(id), site.fileTruth(String(id))!] as const),
  )

/** Files below a folder by their relative paths. */
const filesIn = (folder: string): ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => {
        const bytes = readFileSync(join(parentPath, name))
        const path = relative(folder, join(parentPath, name))
        return [path, { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }] as const
      }),
  )

/** Files that are not whole yet. */
const isPartial = (path: string): boolean => path.startsWith("attachments/.partial-")

const read = (
  { site }: RunningSampleSite,
  folder: string,
  { state, ...options }: RunOptions & { readonly state?: unknown } = {},
): Promise<ConnectorRun> =>
  runCommand(
    "read",
    { config: { ...site.config(), num_workers: 3 }, catalog: CATALOG, ...(state === undefined ? {} : { state }) },
    { ...options, env: { ...SHORT_PAUSES, AIRBYTE_STAGING_DIRECTORY: folder, ...options.env } },
  )

const statesOf = ({ messages }: ConnectorRun) => messages.flatMap(({ state }) => state ?? []).slice(-1)

test("each file is in the folder, and nothing else; what is printed tells no address", async () => {
  const running = await siteOf({ settings: { quirks: { filesOfComments: true } } })
  running.site.setFaults([{ kind: "cut", path: "/file/*", times: 4 }])
  await withFolder(async (folder) => {
    const run = await read(running, folder, { env: { LOG_LEVEL: "DEBUG" } })
    expect([run.exitCode, run.stderr]).toEqual([0, ""])
    const files = filesIn(folder)
    const truth = truthOf(running)
    expect(files.size).toBe(truth.size)
    for (const { record } of run.messages) {
      const reference = record?.file_reference
      if (reference === undefined) continue
      const known = truth.get(String(record!.data["id"]))!
      const { file_size_bytes: bytes, source_file_relative_path: path, staging_file_url: url } = reference
      expect([url, bytes, record!.data["fileSha256"]]).toEqual([join(folder, path), known.bytes, known.sha256])
      expect(files.get(path)).toEqual(known)
    }
    const printed = run.lines.join("\n")
    expect(printed).not.toMatch(/token=|eyJhbGciOi|\/file\/[0-9a-f-]+\/binary/)
    expect(printed).not.toContain(new URL(running.mediaUrl).port)
    expect(running.site.mediaStatistics()).toMatchObject({ credentials: 0, parts: 4 })
  })
})

test("killed at any moment, what has a name is whole, and the next sync goes on", async () => {
  const running = await siteOf()
  const truth = truthOf(running)
  for (const afterBytes of [1, 150_000, 500_000]) {
    await withFolder(async (folder) => {
      // Files trickle, so that some are half there whenever it ends.
      running.site.setFaults([{ kind: "slow", path: "/file/*", waitMs: 150 }])
      let watch: NodeJS.Timeout | undefined
      const killed = await read(running, folder, {
        onStart: (child) => {
          watch = setInterval(() => {
            const there = [...filesIn(folder).values()].reduce((sum, { bytes }) => sum + bytes, 0)
            if (there >= afterBytes) child.kill("SIGKILL")
          }, 5)
        },
      })
      clearInterval(watch)
      expect(killed.signal).toBe("SIGKILL")
      const whole = new Map([...truth.values()].map((file) => [file.sha256, file.bytes]))
      for (const [path, { bytes, sha256 }] of filesIn(folder)) {
        if (!isPartial(path)) expect([path, whole.get(sha256)]).toEqual([path, bytes])
      }
      running.site.setFaults([])
      const next = await read(running, folder, { state: statesOf(killed) })
      expect(next.exitCode).toBe(0)
      const files = filesIn(folder)
      expect([...files.keys()].filter(isPartial)).toEqual([])
      const told = [...recordsOf(killed, "attachments"), ...recordsOf(next, "attachments")]
      expect(new Set(told.filter(({ fileStatus }) => fileStatus === "transferred").map(({ id }) => id)).size).toBe(
        truth.size,
      )
      expect(files.size).toBe(truth.size)
    })
  }
})

test("SIGTERM leaves no half of a file behind", async () => {
  const running = await siteOf()
  running.site.setFaults([{ kind: "slow", path: "/file/*", waitMs: 400 }])
  await withFolder(async (folder) => {
    const run = await read(running, folder, {
      onOutput: (chunk, child) => {
        if (chunk.includes("file_reference")) child.kill("SIGTERM")
      },
    })
    expect(run.signal).toBe("SIGTERM")
    expect([...filesIn(folder).keys()].filter(isPartial)).toEqual([])
    expect(readdirSync(join(folder, "attachments")).filter((name) => name.startsWith("."))).toEqual([])
    expect(statesOf(run).length).toBe(1)
  })
})

test("a staging folder that is none ends attachments, and says what to do", async () => {
  const running = await siteOf()
  await withFolder(async (folder) => {
    const file = join(folder, "file")
    writeFileSync(file, "")
    const run = await read(running, join(file, "staging"))
    expect([run.exitCode, statusesOf(run, "attachments").at(-1)]).toEqual([1, "INCOMPLETE"])
    expect(errorsOf(run)).toMatchObject([
      { failure_type: "config_error", message: expect.stringContaining("AIRBYTE_STAGING_DIRECTORY") },
    ])
    expect(recordsOf(run, "attachments").filter(({ fileStatus }) => fileStatus === "transferred")).toEqual([])
  })
})

const MOUNT = 'mount -t tmpfs -o size=200k none "$AIRBYTE_STAGING_DIRECTORY" && exec "$@"'
const canMount = spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs -o size=64k none /tmp"]).status === 0

test.skipIf(!canMount)("a disk that fills up ends attachments, whose files until then are whole", async () => {
  const running = await siteOf()
  await withFolder(async (folder) => {
    const staging = join(folder, "staging")
    mkdirSync(staging)
    const inputs = writeInputs(folder, { config: running.site.config(), catalog: CATALOG })
    const run = await runConnector(["-rm", "sh", "-c", MOUNT, "sh", executable, "read", ...inputs], {
      executable: "unshare",
      env: { ...SHORT_PAUSES, AIRBYTE_STAGING_DIRECTORY: staging },
    })
    expect([run.exitCode, statusesOf(run, "attachments").at(-1)]).toEqual([1, "INCOMPLETE"])
    expect(errorsOf(run)).toMatchObject([
      { failure_type: "transient_error", message: expect.stringContaining("the disk is full") },
    ])
    const truth = truthOf(running)
    const told = recordsOf(run, "attachments").filter(({ fileStatus }) => fileStatus === "transferred")
    expect(told.length).toBeGreaterThan(0)
    for (const { id, fileSha256 } of told) expect(fileSha256).toBe(truth.get(String(id))!.sha256)
  })
})
