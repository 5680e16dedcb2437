/**
 * The proofs can fail: each deliberate defect is found, by the judge in few histories that give it an occasion, or by the test that
 * is named for it. In the code as it is neither finds anything.
 */
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, test, vi } from "vitest"
import { type Hunted, MUTATIONS } from "./mutations.ts"
import { historyFor } from "./occasions.ts"
import { runHistory } from "./runHistory.ts"
import type { Rule } from "./verdict.ts"
import { inProcess } from "./worlds.ts"

vi.setConfig({ maxConcurrency: 2, testTimeout: 900_000 })

const ROOT = `${import.meta.dirname}/../..`
const VITEST = "node_modules/vitest/vitest.mjs"
const HUNT = `${import.meta.dirname}/defects/hunt.ts`
const CONFIG = `${import.meta.dirname}/defects/mutated.vitest.config.ts`

interface Found {
  readonly seed: number
  readonly rule: Rule
  readonly detail: string
}

const hunt = async (name: string): Promise<Found | undefined> => {
  const { stdout } = await promisify(execFile)(process.execPath, [HUNT, name], { cwd: ROOT })
  return stdout === "" ? undefined : (JSON.parse(stdout) as Found)
}

/** How many tests of a file fail until the first one does, with the mutation in the code. */
const failures = async (file: string, name: string): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), "mutation-"))
  const report = join(folder, "report.json")
  const args = [VITEST, "run", "--config", CONFIG, "--bail", "1", "--reporter", "json", "--outputFile", report, file]
  const env = { ...process.env, MUTATION: name }
  // It ends with 1 where tests fail; where none could be run, the report is missing or counts none.
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env, maxBuffer: 1e8 }).catch(() => undefined)
  const { numFailedTests } = JSON.parse(await readFile(report, "utf8")) as { readonly numFailedTests: number }
  await rm(folder, { recursive: true })
  return numFailedTests
}

const ofHistories = MUTATIONS.filter(({ foundBy }) => foundBy === "histories")
const ofTests = MUTATIONS.filter(({ foundBy }) => foundBy !== "histories")

describe.concurrent("the judge finds that", () => {
  for (const { name } of ofHistories) {
    test(name, async () => {
      const found = await hunt(name)
      expect(found).toBeDefined()
      const history = historyFor(found!.seed, name as Hunted)
      expect((await runHistory(history, inProcess(history))).violations).toEqual([])
    })
  }
})

describe.concurrent("a test finds that", () => {
  for (const { name, foundBy } of ofTests) {
    test(`${name}: ${foundBy}`, async () => {
      expect(await failures(foundBy, name)).toBeGreaterThan(0)
    })
  }
})
