/** What a read does with a stream and its state, case by case. */
import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import type { SyncMode } from "../../src/protocol/ConfiguredCatalog.ts"
import { makePlan, type PlannedStream } from "../../src/sync/plan.ts"
import type { StreamDefinition } from "../../src/sync/StreamDefinition.ts"
import type { StreamState } from "../../src/sync/StreamState.ts"

const definition = (name: string, changes?: StreamDefinition["changes"]): StreamDefinition => ({
  name,
  primaryKey: ["id"],
  syncModes: ["full_refresh", "incremental"],
  endpoints: [],
  probes: [],
  read: () => Effect.void,
  ...(changes === undefined ? {} : { changes }),
})
const CHANGES = { newest: () => Effect.succeed([]), gone: () => Effect.succeed(new Map()) }
/** `pages` tells changes, `groups` is read whole. */
const REGISTRY = [definition("pages", CHANGES), definition("groups")]

const SITE = "cloud-1"
const HOST = "acme.atlassian.net"
const UNFINISHED: StreamState = { v: 1, site: SITE, setup: "storage", parts: { "0": {} } }
const FINISHED: StreamState = { v: 1, site: SITE, setup: "storage", done: 1 }

interface Case {
  readonly stream?: string
  readonly mode?: SyncMode
  readonly state?: unknown
  readonly cloudId?: string
  readonly jobId?: string
  readonly scope?: string
}

const planned = ({ stream = "pages", mode = "incremental", state, cloudId = SITE, jobId, scope = "" }: Case) => {
  const plan = makePlan({
    catalog: [{ descriptor: { name: stream }, syncMode: mode, columns: undefined }],
    state: { streams: new Map(state === undefined ? [] : [[stream, state]]), warnings: [] },
    registry: REGISTRY,
    cloudId: cloudId === "" ? undefined : cloudId,
    host: HOST,
    jobId,
    setupOf: () => "storage",
    scopeOf: () => scope,
  })
  return { ...plan, only: plan.streams[0] as PlannedStream }
}

const JOB = "7"
const whole = { mode: "full_refresh" } as const

/** What becomes of a stream: it is read anew, it goes on, it is left out, or it is refused. */
const outcome = (of: Case): string => {
  const { from, finished, refused, course } = planned(of).only
  expect(course === undefined).toBe(refused !== undefined)
  if (refused !== undefined) return "refused"
  if (finished) return "left out"
  return from === undefined ? "anew" : "on"
}

describe("a stream", () => {
  for (const [what, of, expected] of [
    ["without a state", {}, "anew"],
    ["with a state of nothing", { state: {} }, "anew"],
    ["with a state that is an empty list", { state: [] }, "anew"],
    ["with null for a state", { state: null }, "anew"],
    ["that was cut off", { state: UNFINISHED }, "on"],
    ["that was cut off, read whole", { ...whole, state: UNFINISHED }, "on"],
    ["read whole, cut off in another job", { ...whole, jobId: "8", state: { ...UNFINISHED, job: JOB } }, "anew"],
    ["read whole, cut off in this job", { ...whole, jobId: JOB, state: { ...UNFINISHED, job: JOB } }, "on"],
    ["that was read to its end", { state: FINISHED }, "on"],
    ["without changes that was read to its end", { stream: "groups", state: FINISHED }, "anew"],
    ["without changes that was cut off", { stream: "groups", state: UNFINISHED }, "on"],
    ["read whole, finished in this job", { ...whole, jobId: JOB, state: { ...FINISHED, job: JOB } }, "left out"],
    ["read whole, finished in another job", { ...whole, jobId: "8", state: { ...FINISHED, job: JOB } }, "anew"],
    ["read whole, finished in a job, without one now", { ...whole, state: { ...FINISHED, job: JOB } }, "anew"],
    ["read whole, finished without a job", { ...whole, jobId: JOB, state: FINISHED }, "anew"],
    ["read whole, finished without a job twice", { ...whole, state: FINISHED }, "anew"],
    ["with a state of another site", { state: { ...FINISHED, site: "cloud-2" } }, "refused"],
    ["with a state of another host", { state: { ...FINISHED, site: "other.atlassian.net" } }, "refused"],
    ["with a state of this host", { state: { ...FINISHED, site: HOST } }, "on"],
    ["with a state of some site, where this one tells no cloud id", { cloudId: "", state: FINISHED }, "on"],
    ["with rows of another format", { state: { ...FINISHED, setup: "none" } }, "on"],
    [
      "without changes, cut off with another format",
      { stream: "groups", state: { ...UNFINISHED, setup: "none" } },
      "anew",
    ],
    [
      "read whole, finished in this job with another format",
      { ...whole, stream: "groups", jobId: JOB, state: { ...FINISHED, job: JOB, setup: "none" } },
      "anew",
    ],
  ] as const satisfies ReadonlyArray<readonly [string, Case, string]>) {
    test(`${what}: ${expected}`, () => {
      expect(outcome(of)).toBe(expected)
      expect(planned(of).warnings.length).toBe(what.includes("another format") ? 1 : 0)
    })
  }

  for (const state of [7, "state", [7], { v: 2 }, { ...FINISHED, v: 2 }, { ...FINISHED, newest: "yesterday" }]) {
    test(`with the state ${JSON.stringify(state)} is read anew, and a warning says so`, () => {
      expect(outcome({ state })).toBe("anew")
      expect(planned({ state }).warnings).toEqual([expect.stringMatching(/^pages: .*anew/)])
    })
  }

  test("that this source does not have is told, and the others are planned", () => {
    const plan = planned({ stream: "page_views" })
    expect(plan.streams).toEqual([])
    expect(plan.unknown.map(({ descriptor }) => descriptor.name)).toEqual(["page_views"])
  })

  test("of another site is told both sites, and what to do", () => {
    const { refused } = planned({ state: { ...FINISHED, site: "cloud-2" } }).only
    expect(refused!.message).toMatch(/cloud-2, not cloud-1.*Reset the stream's state/)
  })
})
