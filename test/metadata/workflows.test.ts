/** The GitHub workflows, which run nowhere but there: what keeps a release safe is written in them. */
import { readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import { metadata, readText } from "./metadata.ts"

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly uses?: string
  readonly permissions?: Readonly<Record<string, string>>
  readonly "timeout-minutes"?: number
  readonly steps?: ReadonlyArray<Step>
  readonly env?: Readonly<Record<string, string>>
  readonly strategy?: { readonly matrix: { readonly include: ReadonlyArray<{ readonly architecture: string }> } }
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly concurrency?: unknown
  readonly env?: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = new URL("../../.github/workflows/", import.meta.url)
const workflows = readdirSync(folder).map((file) => {
  const text = readText(`.github/workflows/${file}`)
  return { file, text, workflow: parse(text) as Workflow }
})
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file}: ${name}`, job })),
)
const release = workflows.find(({ file }) => file === "release.yml")!.workflow

/** What a job may write. */
const writesOf = ({ permissions = {} }: Job): ReadonlyArray<string> =>
  Object.entries(permissions).flatMap(([scope, access]) => (access === "write" ? [scope] : []))

describe("the workflows", () => {
  it.each(workflows)("$file gives no permission but by job, and does not run beside itself", ({ workflow }) => {
    assert.deepEqual(workflow.permissions, {})
    assert.isTrue("workflow_call" in workflow.on || workflow.concurrency !== undefined)
  })

  it.each(workflows)("$file pins every action of others by commit, and says which version that is", ({ text }) => {
    const used = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, action]) => action!)
    assert.isNotEmpty(used)
    for (const action of used) assert.match(action, /^\.\/|^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it.each(jobs)("$name has a time limit and permissions of its own", ({ job }) => {
    assert.isDefined(job.permissions)
    if (job.uses === undefined) assert.isAtMost(job["timeout-minutes"] ?? Infinity, 90)
  })

  it.each(jobs)(
    "$name puts nothing into a script but by its environment, and keeps no credential after checkout",
    ({ job }) => {
      for (const { run = "", uses = "", with: inputs } of job.steps ?? []) {
        assert.notInclude(run, "${{")
        if (uses.startsWith("actions/checkout@")) assert.isFalse(inputs?.["persist-credentials"])
      }
    },
  )
})

describe("the release", () => {
  it("publishes the image that metadata.yaml names, for both architectures", () => {
    assert.strictEqual(release.env?.["IMAGE"], metadata.data.dockerRepository)
    const architectures = release.jobs["image"]!.strategy!.matrix.include.map(({ architecture }) => architecture)
    assert.sameMembers(architectures, ["amd64", "arm64"])
  })

  it("lets each job write only what it is there for", () => {
    assert.deepEqual(Object.fromEntries(Object.entries(release.jobs).map(([name, job]) => [name, writesOf(job)])), {
      version: [],
      check: [],
      package: [],
      image: ["packages"],
      "publish-image": ["attestations", "id-token", "packages"],
      "publish-package": ["id-token"],
      announce: ["contents"],
    })
  })

  it("never installs or builds where the package's publisher can be spoken for", () => {
    const scripts = release.jobs["publish-package"]!.steps!.flatMap(({ run }) => run ?? [])
    assert.deepEqual(scripts, ["npm publish --provenance --access public ./source-confluence-*.tgz"])
  })
})
