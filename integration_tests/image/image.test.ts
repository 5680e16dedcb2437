/** The image as it was really built: what it holds, what it says of itself, and how it runs as the platform starts it. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { schemas } from "../../src/generated/schemas.ts"
import specification from "../../src/generated/spec.json" with { type: "json" }
import { streams } from "../../src/generated/streams.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { toCatalogStream } from "../../src/streams/catalogStream.ts"
import { ALL_STREAMS, asPlatformWritesIt, catalogOf } from "../../test/command/catalogs.ts"
import { expectRowsOfSite } from "../../test/command/siteTruth.ts"
import { metadata } from "../../test/metadata/metadata.ts"
import { brokenRules } from "../../test/support/protocolRules.ts"
import { lastStatesOf, parseMessages, recordsOf, splitLines } from "../../test/support/runConnector.ts"
import {
  BASE,
  CANDIDATE,
  type Container,
  type ImageFacts,
  inspectImage,
  openContainer,
  runAsFirstProcess,
  runAsPlatform,
  runScript,
} from "./container.ts"

const MOST_BYTES = 15_000_000

let image: ImageFacts
let base: ImageFacts
let container: Container
let site: RunningSampleSite

beforeAll(async () => {
  image = await inspectImage(CANDIDATE)
  base = await inspectImage(BASE)
  container = await openContainer(CANDIDATE)
  site = await startSampleSite({ pages: 150 })
})
afterAll(() => site.close())

describe("what the image says of itself", () => {
  it("has the name and the version of metadata.yaml as labels", () => {
    expect(image.labels).toMatchObject({
      "io.airbyte.name": metadata.data.dockerRepository,
      "io.airbyte.version": metadata.data.dockerImageTag,
    })
  })

  it("tells the platform its entrypoint, by an absolute path", () => {
    expect(image.entrypoint).toHaveLength(1)
    expect(image.environment["AIRBYTE_ENTRYPOINT"]).toBe(image.entrypoint.join(" "))
    expect(image.entrypoint[0]).toMatch(/^\//)
  })

  it("starts as airbyte in /airbyte", async () => {
    expect([image.user, image.workingFolder]).toEqual(["airbyte", "/airbyte"])
    const { stdout } = await runScript(container, "id -u; id -g; id -un; pwd; echo $HOME")
    expect(stdout.split("\n")).toEqual(["1000", "1000", "airbyte", "/airbyte", "/airbyte", ""])
  })
})

describe("what the image holds", () => {
  const pathsIn = (folder: string): ReadonlyArray<string> =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => `/${path}`)

  it("is the base and the connector, and nothing of how it was built", async () => {
    const before = new Set(pathsIn((await openContainer(BASE)).root))
    const added = pathsIn(container.root).filter((path) => !before.has(path))
    const [own, odd] = [
      added.filter((path) => path.startsWith("/airbyte/")),
      added.filter((path) => !path.startsWith("/airbyte")),
    ]
    // The home of the user "node" became the home of "airbyte". Volumes of the build leave their mount points behind.
    expect(odd.filter((path) => !/^\/(?:config|secrets|custom_cache|root\/[^/]+)$/.test(path))).toEqual([])
    const code = own.filter((path) => !/^\/airbyte\/\.\w+$/.test(path))
    const connector =
      /^\/airbyte\/integration_code(?:$|\/LICENSE$|\/bin(?:\/source-confluence)?$|\/dist(?:\/[\w-]+\.mjs)?$)/
    expect(code.filter((path) => !connector.test(path))).toEqual([
      "/airbyte/integration_code/dist/THIRD_PARTY_NOTICES.txt",
    ])
    expect(code).toContain("/airbyte/integration_code/dist/main.mjs")
  })

  it(`adds at most ${MOST_BYTES / 1e6} MB to the base`, () => {
    const below = new Set(base.layers.map(({ digest }) => digest))
    const added = image.layers.filter(({ digest }) => !below.has(digest)).reduce((sum, { size }) => sum + size, 0)
    process.stdout.write(`The image adds ${(added / 1e6).toFixed(2)} MB to its base.\n`)
    expect(image.layers.length).toBeGreaterThan(below.size)
    expect(added).toBeLessThanOrEqual(MOST_BYTES)
  })

  it("can be read by everyone and written by nobody, where the connector's code is", () => {
    const home = join(container.root, "airbyte/integration_code")
    for (const path of ["", ...readdirSync(home, { recursive: true, encoding: "utf8" })]) {
      const { mode, uid } = statSync(join(home, path))
      expect([uid, mode & 0o022, mode & 0o044], path).toEqual([0, 0, 0o044])
    }
  })

  it("lets the connector write where the platform expects it to", async () => {
    const folders = ["/airbyte", "/config", "/secrets", "/custom_cache", "/tmp"]
    const script = folders.map((folder) => `touch ${folder}/written && rm ${folder}/written || exit 1`).join("\n")
    expect(await runScript(container, script)).toEqual({ stdout: "", stderr: "", exitCode: 0 })
    expect(statSync(join(container.root, "airbyte")).mode & 0o777).toBe(0o755)
  })

  it("has the notices of what others wrote", () => {
    const notices = readFileSync(join(container.root, "airbyte/integration_code/dist/THIRD_PARTY_NOTICES.txt"), "utf8")
    for (const name of ["effect", "undici"])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, "m"))
  })
})

describe("as the platform runs it", () => {
  it("tells its specification", async () => {
    const run = await runAsPlatform(container, "spec", {})
    expect([run.exitCode, run.unfinished, run.stderr]).toEqual([0, "", ""])
    expect(run.messages).toEqual([{ type: "SPEC", spec: specification }])
  })

  it("checks a connection", async () => {
    const run = await runAsPlatform(container, "check", { config: site.site.config() })
    expect([run.exitCode, run.stderr]).toEqual([0, ""])
    expect(brokenRules(run.lines)).toEqual([])
    expect(run.messages.flatMap(({ connectionStatus }) => connectionStatus?.status ?? [])).toEqual(["SUCCEEDED"])
  })

  it("discovers every stream", async () => {
    const run = await runAsPlatform(container, "discover", { config: site.site.config() })
    expect([run.exitCode, run.stderr]).toEqual([0, ""])
    const [catalog] = run.messages.flatMap((message) => message.catalog ?? [])
    expect(catalog).toEqual({ streams: streams.map((stream) => toCatalogStream(stream, schemas[stream.name]!)) })
  })

  it("reads the whole site, and from its states nothing in the same job, and all again in another", async () => {
    const catalog = catalogOf(ALL_STREAMS)
    const files = { config: site.site.config(), catalog: asPlatformWritesIt(catalog) }
    const run = await runAsPlatform(container, "read", files)
    expect([run.exitCode, run.unfinished, run.stderr]).toEqual([0, "", ""])
    expect(brokenRules(run.lines, { catalog })).toEqual([])
    for (const stream of ALL_STREAMS) expectRowsOfSite(site.site, stream, recordsOf(run, stream))
    const again = await runAsPlatform(container, "read", { ...files, state: lastStatesOf(run) })
    expect(again.exitCode).toBe(0)
    expect(again.messages.filter(({ type }) => type === "RECORD")).toEqual([])
    const other = await runAsPlatform(container, "read", { ...files, state: lastStatesOf(run) }, undefined, "2")
    expect(other.exitCode).toBe(0)
    for (const stream of ALL_STREAMS) expectRowsOfSite(site.site, stream, recordsOf(other, stream))
  })

  it("ends by SIGTERM in the middle of a read, with whole lines and states to go on from", async () => {
    const slow = await startSampleSite({ pages: 300, latencyMs: 60, settings: { maxPageSize: 25 } })
    try {
      const catalog = catalogOf(ALL_STREAMS)
      const files = { config: slow.site.config(), catalog: asPlatformWritesIt(catalog) }
      const first = await runAsPlatform(container, "read", files, (run) => {
        if (run.written().split('"type":"RECORD"').length > 300) run.terminate()
      })
      expect([first.exitCode, first.unfinished, first.stderr]).toEqual([143, "", ""])
      expect(brokenRules(first.lines, { catalog, cutOff: true })).toEqual([])
      expect(recordsOf(first, "content_versions").length).toBeLessThan(slow.site.truth("content_versions").length)
      slow.site.set({ latencyMs: 0, maxPageSize: 0 })
      const second = await runAsPlatform(container, "read", { ...files, state: lastStatesOf(first) })
      expect(second.exitCode).toBe(0)
      for (const stream of ALL_STREAMS) {
        expectRowsOfSite(slow.site, stream, [...recordsOf(first, stream), ...recordsOf(second, stream)])
      }
    } finally {
      await slow.close()
    }
  })
})

describe("as the first process of a container", () => {
  it("tells its specification", async () => {
    const { stdout, stderr, exitCode } = await runAsFirstProcess(container, image, ["spec"])
    expect([exitCode, stderr]).toEqual([0, ""])
    expect(JSON.parse(stdout)).toEqual({ type: "SPEC", spec: specification })
  })

  it("ends by SIGTERM, which has no effect on such a process unless it is obeyed", async () => {
    const slow = await startSampleSite({ pages: 300, latencyMs: 60, settings: { maxPageSize: 25 } })
    try {
      const catalog = catalogOf(ALL_STREAMS)
      for (const [name, content] of Object.entries({ config: slow.site.config(), catalog })) {
        writeFileSync(join(container.root, `config/${name}.json`), JSON.stringify(content))
      }
      let asked = false
      const args = ["read", "--config", "/config/config.json", "--catalog", "/config/catalog.json"]
      const { stdout, stderr, exitCode } = await runAsFirstProcess(container, image, args, {
        onOutput: (pid, chunk) => {
          if (asked || !chunk.includes('"type":"RECORD"')) return
          asked = process.kill(pid, "SIGTERM")
        },
      })
      const { lines, unfinished } = splitLines(stdout)
      expect([exitCode, unfinished, stderr]).toEqual([143, "", ""])
      expect(brokenRules(lines, { catalog, cutOff: true })).toEqual([])
      const versions = recordsOf({ messages: parseMessages(lines) }, "content_versions")
      expect(versions.length).toBeLessThan(slow.site.truth("content_versions").length)
    } finally {
      await slow.close()
    }
  })

  /** Has V8 say, on stderr, how far the heap may grow, in MB. */
  const TELL_HEAP = `--import=data:text/javascript,${encodeURIComponent(
    `import v8 from "node:v8"; process.stderr.write(String(v8.getHeapStatistics().heap_size_limit / 1048576))`,
  )}`
  /** The young generation, of which the limit that V8 tells holds three. */
  const youngOf = (heap: number) => 3 * (heap < 256 ? 4 : 16)

  it.each([
    ["512 MB where nothing limits it", {}, {}, 512],
    ["512 MB where the container's memory is not limited", { "memory.max": "max" }, {}, 512],
    ["512 MB where the memory is ample", { "memory.max": "1073741824" }, {}, 512],
    ["three quarters of a small memory", { "memory.max": "134217728" }, {}, 96],
    [
      "three quarters of a small memory by cgroups of version 1",
      { "memory/memory.limit_in_bytes": "104857600" },
      {},
      75,
    ],
    [
      "512 MB without a limit by cgroups of version 1",
      { "memory/memory.limit_in_bytes": "9223372036854771712" },
      {},
      512,
    ],
    ["as told, whatever the memory", { "memory.max": "134217728" }, { SOURCE_CONFLUENCE_HEAP_MB: "300" }, 300],
  ])("has a heap of %s", async (_, cgroup, env, megabytes) => {
    const run = await runAsFirstProcess(container, image, ["spec"], {
      cgroup: cgroup as Readonly<Record<string, string>>,
      env: { NODE_OPTIONS: TELL_HEAP, ...env },
    })
    expect([run.exitCode, Number(run.stderr)]).toEqual([0, megabytes + youngOf(megabytes)])
  })
})
