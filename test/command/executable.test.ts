/** `bin/source-confluence`: from any folder, by any link, with whatever Node is on PATH, and as an installed package. */
import { execFile } from "node:child_process"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { brokenRules } from "../support/protocolRules.ts"
import {
  type ConnectorRun,
  errorsOf,
  executable,
  root,
  type RunOptions,
  runConnector,
} from "../support/runConnector.ts"

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "source-confluence-executable-")))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NODE = dirname(process.execPath)
const SYSTEM_TOOLS = ["sh", "readlink", "sed", "date"]

/** A folder for PATH with the few system tools that a POSIX system has, and no Node. */
const pathWithoutNode = (): string => {
  const bin = join(folder, "tools")
  if (!existsSync(bin)) {
    mkdirSync(bin)
    for (const tool of SYSTEM_TOOLS) {
      const found = ["/bin", "/usr/bin"].map((place) => join(place, tool)).find((path) => existsSync(path))
      symlinkSync(found!, join(bin, tool))
    }
  }
  return bin
}

/** A folder for PATH whose `node` says it is of this version, and for anything else prints its arguments. */
const pathWithNode = (version: string): string => {
  const bin = join(folder, `node ${version}`)
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, "node"), `#!/bin/sh\n[ "$1" = --version ] && echo "${version}" && exit\necho "$@" >&2\n`)
  chmodSync(join(bin, "node"), 0o755)
  return bin
}

/** A checkout in a folder of this name with only these parts in it. */
const checkoutWith = (name: string, ...parts: ReadonlyArray<string>): string => {
  const checkout = join(folder, name)
  for (const part of parts) cpSync(join(root, part), join(checkout, part), { recursive: true })
  return checkout
}

const expectSpec = (run: ConnectorRun): void => {
  expect([run.stderr, run.exitCode, run.unfinished]).toEqual(["", 0, ""])
  expect(run.messages.map(({ type }) => type)).toEqual(["SPEC"])
}

const spec = (options: RunOptions) => runConnector(["spec"], options)

describe("the executable", () => {
  it.each([
    ["the root", "/", executable],
    ["the checkout, by a relative path", root, "bin/source-confluence"],
    ["its own folder", join(root, "bin"), "./source-confluence"],
    ["a folder beside it", join(root, "src"), "../bin/source-confluence"],
  ])("runs from %s", async (_, cwd, path) => {
    expectSpec(await spec({ cwd, executable: path }))
  })

  it("runs by its name where its folder is on PATH", async () => {
    const PATH = [join(root, "bin"), process.env["PATH"]].join(delimiter)
    expectSpec(await spec({ executable: "source-confluence", env: { PATH } }))
  })

  it("runs as the script of a shell in its own folder", async () => {
    const { stdout } = await promisify(execFile)("sh", ["source-confluence", "spec"], { cwd: join(root, "bin") })
    expect(JSON.parse(stdout)).toMatchObject({ type: "SPEC" })
  })

  it("runs by symbolic links of every kind", async () => {
    symlinkSync(executable, join(folder, "absolute"))
    symlinkSync("absolute", join(folder, "to a link"))
    mkdirSync(join(folder, "deep/er"), { recursive: true })
    symlinkSync("../../to a link", join(folder, "deep/er/relative"))
    symlinkSync(root, join(folder, "checkout"))
    symlinkSync("../checkout/bin/source-confluence", join(folder, "deep/through a linked folder"))
    for (const link of [
      "absolute",
      "to a link",
      "deep/er/relative",
      "checkout/bin/source-confluence",
      "deep/through a linked folder",
    ]) {
      expectSpec(await spec({ executable: join(folder, link) }))
      expectSpec(await spec({ cwd: folder, executable: `./${link}` }))
    }
  })

  it("runs in a folder with an odd name", async () => {
    const checkout = checkoutWith(`it's "odd" $HOME ü`, "bin", "dist")
    const PATH = [NODE, process.env["PATH"]].join(delimiter)
    expectSpec(await spec({ executable: join(checkout, "bin/source-confluence"), env: { PATH } }))
  })
})

describe("the Node that runs it", () => {
  it.each(["v20.20.2", "v9.11.2", "v23.99.0", "no version at all"])(
    "is the checkout's own where the one on PATH says %s",
    async (version) => {
      expectSpec(await spec({ env: { PATH: [pathWithNode(version), pathWithoutNode()].join(delimiter) } }))
    },
  )

  it("is the checkout's own where there is none on PATH", async () => {
    expectSpec(await spec({ env: { PATH: pathWithoutNode() } }))
  })

  it.each(["v24.0.0", "v100.1.0"])("is the one on PATH where that is %s", async (version) => {
    const run = await spec({ env: { PATH: [pathWithNode(version), pathWithoutNode()].join(delimiter) } })
    expect(run.stderr).toMatch(
      /^--max-semi-space-size=16 --initial-old-space-size=64 --max-old-space-size=\d+ \S+\/dist\/main\.mjs spec\n$/,
    )
  })

  const expectGivenUp = (run: ConnectorRun, message: string): void => {
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toBe(`${message}\n`)
    expect(brokenRules(run.lines)).toEqual([])
    expect(errorsOf(run)).toEqual([{ message, failure_type: "system_error" }])
  }

  it("is asked for in one sentence where there is none that is new enough", async () => {
    const checkout = checkoutWith(`no "node" \\ here`, "bin", "dist")
    for (const PATH of [pathWithoutNode(), [pathWithNode("v20.20.2"), pathWithoutNode()].join(delimiter)]) {
      const run = await spec({ executable: join(checkout, "bin/source-confluence"), env: { PATH } })
      expectGivenUp(
        run,
        `source-confluence needs Node 24 or newer; there is none on PATH, and none in ${checkout}/bin/../node_modules. Install it, or run npm ci in the checkout.`,
      )
    }
  })

  it("is not to blame where the checkout has not been built", async () => {
    const checkout = checkoutWith("not built", "bin")
    const PATH = [NODE, process.env["PATH"]].join(delimiter)
    const run = await spec({ executable: join(checkout, "bin/source-confluence"), env: { PATH } })
    expectGivenUp(run, `source-confluence has not been built: run npm ci in ${checkout}/bin/...`)
  })
})

describe("the package", () => {
  it("installs without a network and without dependencies, and runs by npx", { timeout: 120_000 }, async () => {
    const place = join(folder, "elsewhere")
    mkdirSync(place)
    const PATH = [NODE, process.env["PATH"]].join(delimiter)
    const inPlace = (command: string, ...args: ReadonlyArray<string>) =>
      promisify(execFile)(command, [...args], { cwd: place, env: { ...process.env, PATH } })
    // The built folder as it is: building it anew would take it away under the other tests.
    const packed = await inPlace("npm", "pack", root, "--json", "--ignore-scripts", "--offline")
    const [{ filename, files }] = JSON.parse(packed.stdout) as [
      { filename: string; files: ReadonlyArray<{ path: string }> },
    ]
    const tops = new Set(files.map(({ path }) => path.split("/")[0]!))
    expect([...tops].sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "bin", "dist", "package.json", "schemas"])
    writeFileSync(join(place, "package.json"), "{}")
    await inPlace("npm", "install", "--offline", "--no-audit", "--no-fund", `./${filename}`)
    const lock = JSON.parse(readFileSync(join(place, "package-lock.json"), "utf8")) as { packages: object }
    expect(Object.keys(lock.packages)).toEqual(["", "node_modules/source-confluence"])
    const { stdout, stderr } = await inPlace("npx", "--offline", "source-confluence", "spec")
    expect(JSON.parse(stdout)).toMatchObject({ type: "SPEC" })
    expect(stderr.replace(/^npm warn .*\n/gm, "")).toBe("")
  })
})
