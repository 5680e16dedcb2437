/**
 * A destination and the platform before it. Tables are merged by primary key in the order of the cursor, as append_dedup with
 * soft deletes does; the platform keeps the last STATE of each stream that arrived, and hands it back.
 *
 * A record is vouched for by the next STATE of its stream. One that came after the last STATE of a killed sync is in the
 * table all the same, but the connector does not know that it was sent.
 */
import type { ProtocolMessage, StateMessage } from "../support/runConnector.ts"
import { isIncremental, keyOf, type Row } from "./moments.ts"

/** A row of a table. */
export interface Held {
  readonly record: Row
  readonly deleted: boolean
  /** Whether a STATE has followed it. */
  readonly vouched: boolean
  /** What was in its place when a STATE last vouched for that; undefined where nothing was. */
  readonly before: { readonly record: Row; readonly deleted: boolean } | undefined
}

export type Table = ReadonlyMap<string, Held>

export const isTombstone = (record: Row): boolean =>
  record["_ab_cdc_deleted_at"] !== undefined && record["_ab_cdc_deleted_at"] !== null

export class Destination {
  readonly #tables = new Map<string, Map<string, Held>>()
  /** Tables of streams that are read whole: they take the place of the others when the stream is complete. */
  readonly #next = new Map<string, Map<string, Held>>()
  readonly #states = new Map<string, StateMessage>()

  /** What the destination shows of a stream, tombstones included. */
  table(stream: string): Table {
    return this.#tables.get(stream) ?? new Map()
  }

  /** What has arrived of a stream, shown or not. */
  arrived(stream: string): Table {
    return this.#next.get(stream) ?? this.table(stream)
  }

  /** The rows that are not deleted. */
  live(stream: string): ReadonlyMap<string, Held> {
    return new Map([...this.table(stream)].filter(([, held]) => !held.deleted))
  }

  hasState(stream: string): boolean {
    return this.#states.has(stream)
  }

  /** The states as the platform hands them back. */
  states(): ReadonlyArray<StateMessage> {
    return [...this.#states.values()]
  }

  /** A new job: streams that are read whole begin anew, without a state but for some that are kept all the same. */
  newJob(wholeStreams: ReadonlyArray<string>, kept: ReadonlySet<string>): void {
    for (const stream of wholeStreams) {
      this.#next.set(stream, new Map())
      if (!kept.has(stream)) this.#states.delete(stream)
    }
  }

  /** Takes the messages of a sync, as far as they came. */
  take(messages: ReadonlyArray<ProtocolMessage>): void {
    const unvouched = new Map<string, Set<string>>()
    for (const { record, state, trace } of messages) {
      if (record !== undefined) {
        const key = keyOf(record.stream, record.data)
        this.#merge(record.stream, key, record.data)
        const keys = unvouched.get(record.stream) ?? new Set()
        unvouched.set(record.stream, keys.add(key))
      }
      if (state?.stream !== undefined) {
        const { name } = state.stream.stream_descriptor
        this.#states.set(name, state)
        this.#vouch(name, unvouched.get(name) ?? [])
        unvouched.delete(name)
      }
      const status = trace?.stream_status
      const next = status?.status === "COMPLETE" ? this.#next.get(status.stream_descriptor.name) : undefined
      // Kept open: a repeated attempt of the same job may still send of it.
      if (next !== undefined) this.#tables.set(status!.stream_descriptor.name, next)
    }
  }

  #tableToFill(stream: string): Map<string, Held> {
    const next = this.#next.get(stream)
    if (next !== undefined) return next
    const table = this.#tables.get(stream) ?? new Map<string, Held>()
    this.#tables.set(stream, table)
    return table
  }

  #merge(stream: string, key: string, record: Row): void {
    const table = this.#tableToFill(stream)
    const held = table.get(key)
    // The cursor decides which of two is the newer one; of equals the one that came later. What a killed sync had sent last
    // is taken as it was before: the connector cannot know of it.
    const isOlder = held?.vouched === true && String(record["changedAt"]) < String(held.record["changedAt"])
    if (isIncremental(stream) && isOlder) return
    const before = held?.vouched === true ? held : held?.before
    table.set(key, { record, deleted: isTombstone(record), vouched: false, before })
  }

  #vouch(stream: string, keys: Iterable<string>): void {
    const table = this.#tableToFill(stream)
    for (const key of keys) {
      const { record, deleted } = table.get(key)!
      table.set(key, { record, deleted, vouched: true, before: undefined })
    }
  }
}
