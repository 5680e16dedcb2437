/** A target with one small table, for tests of how rows come into it. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Batch } from "../../src/extract/Batch.ts"
import { tableOf } from "../../src/extract/columns.ts"
import { TableLoad } from "../../src/extract/TableLoad.ts"
import { placeOf, Target } from "../../src/extract/target.ts"
import { withFolder } from "../support/runConnector.ts"

export const SITE = { cloudId: "0c1", host: "acme.atlassian.net" }
export const STARTED_AT = Date.UTC(2026, 6, 1, 8)

const text = { type: ["null", "string"], description: "A text." }
const time = { ...text, format: "date-time", airbyte_type: "timestamp_with_timezone" }

export const things = tableOf("things", ["kind", "id"], {
  description: "It's things.",
  properties: {
    id: text,
    kind: text,
    title: text,
    size: { type: ["null", "integer"], description: "How large." },
    isNew: { type: ["null", "boolean"], description: "Whether it is new." },
    at: time,
    details: { type: ["null", "object"], description: "More." },
    changedAt: time,
    _ab_cdc_deleted_at: time,
    deletionReason: text,
  },
})

export type Thing = Readonly<Record<string, unknown>>

/** A target in a folder of its own, open for one extract after the other. */
export class Things {
  readonly path: string
  readonly warnings: Array<string> = []
  #batches = 0
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    this.path = join(folder, "things.duckdb")
  }

  batch(rows: ReadonlyArray<Thing>): Batch {
    const path = join(this.#folder, `${this.#batches++}.ndjson`)
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`)
    writeFileSync(path, lines.join(""))
    return {
      path,
      rows: rows.length,
      bytes: Buffer.byteLength(lines.join("")),
      longest: Math.max(...lines.map((line) => Buffer.byteLength(line))),
      hasTombstones: rows.some((row) => row["_ab_cdc_deleted_at"] !== undefined),
    }
  }

  /** One extract: what it does with its table, and what it has come to. `full`: begun anew. */
  async extract(
    work: (load: TableLoad) => Promise<void>,
    { full = false, whole = false, forgets = false } = {},
  ): Promise<TableLoad["done"]> {
    const target = await Target.open(placeOf(this.path, undefined), new Set())
    try {
      await target.claim(SITE)
      if (full) await target.store.forget(["things"])
      const stored = (await target.store.streams()).get("things")
      const load = new TableLoad(target.store, things, {
        stored,
        whole,
        resumed: whole || (stored?.state !== undefined && !forgets),
        startedAt: STARTED_AT,
        warn: (text) => this.warnings.push(text),
      })
      await work(load)
      return load.done
    } finally {
      await target.close()
    }
  }

  async state(): Promise<unknown> {
    const target = await Target.open(placeOf(this.path, undefined), new Set())
    try {
      return (await target.store.streams()).get("things")?.state
    } finally {
      await target.close()
    }
  }
}

export const withThings = <A>(use: (target: Things) => Promise<A>): Promise<A> =>
  withFolder((folder) => use(new Things(folder)))
