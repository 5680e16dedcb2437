/**
 * Judges a connection sync by sync: what it sends is put into a destination, and the destination is held against the moments
 * that the site went through. What a sync has promised depends on the syncs before it, so the judge remembers them.
 */
import { brokenRules } from "../support/protocolRules.ts"
import type { FieldChange } from "../support/runConnector.ts"
import { Destination, type Table } from "./destination.ts"
import { judgeEnd, judgeRefusal } from "./endRules.ts"
import { judgeGuard } from "./guardRules.ts"
import { OF_THE_WHOLE_SITE, sayingOf } from "./inScope.ts"
import { isLog, LogJudge } from "./logRules.ts"
import {
  type BodyFormat,
  isIncremental,
  type Moment,
  noteFormat,
  noteUntold,
  noteWithheld,
  OF_CONTENTS,
  type Row,
} from "./moments.ts"
import { judgeRecords } from "./recordRules.ts"
import { judgeRepeats } from "./repeatRules.ts"
import { judgeStates } from "./stateRules.ts"
import { judgeBodies, judgeTable, NOTHING, overlookedBy, type Promised } from "./tableRules.ts"
import type { StreamSeen, SyncSeen, Violation } from "./verdict.ts"

const HOUR = 3_600_000
/** Reconciling is surely due this long after the interval, whatever part of the sync before it is counted from. */
const MARGIN_MS = HOUR
/** A sync's start is taken as a millisecond after all that was sent before it, at least: so `changedAt` may run ahead a little. */
const AHEAD_MS = 1000

/** A point in time by our clock and the site's. */
interface Instant {
  readonly ours: number
  readonly theirs: number
}

/** What the judge knows of a stream from earlier syncs. */
class Memory {
  /** It has been read to its end once: for a full refresh, in this job. */
  complete = false
  /** The sync before ended well, and what it sent is vouched for. */
  settled = false
  /** Formats that were asked for since the last complete sync. */
  formats = new Set<string>()
  /** What the filters said under which states were written since the last complete sync. */
  filters = new Set<string>()
  /** When it last surely reconciled, and when it last may have. */
  surelyReconciled: Instant | undefined
  perhapsReconciled: Instant | undefined
  /** The newest version that the last complete syncs surely saw, and that they may have seen (epoch milliseconds). */
  surelySeen = Number.NEGATIVE_INFINITY
  perhapsSeen = Number.NEGATIVE_INFINITY
  /** Rows that complete syncs may not have come upon since the last that reconciled, and when the last such sync began (epoch milliseconds of the site's clock). */
  overlooked = new Map<string, number>()
  /** The latest time of a version that was there to be seen. */
  latestVersion = Number.NEGATIVE_INFINITY
  /** The moments of the attempts of this job that the state is of, of a stream that knows full refresh alone. */
  ofJob: ReadonlyArray<Moment> = []
  /** An attempt of this job was lied to, and may have come to a stream's end by that. */
  liedInJob = false
  /** And rows that an attempt of this job was shown without their ids, so that it passed over them. */
  withoutIdInJob = new Set<string>()
  /** An attempt of this job has met a fault. */
  troubledInJob = false
  /** And was refused the list of spaces, so that it may have come to a stream's end without the archived ones. */
  spacesRefusedInJob = false
}

/** Attachments have no body: another format changes nothing for them. */
const formatOf = ({ name, sync }: Pick<StreamSeen, "name" | "sync">): BodyFormat =>
  name === "attachments" || OF_CONTENTS.has(name) ? "none" : sync.config.body_format

/** Filters let nothing pass by: what they leave out is among the newest changes too. */
const rowsSeen = ({ rows, filtered }: Moment, stream: string): ReadonlyArray<Row> =>
  [rows, filtered?.perhaps, filtered?.leftOut].flatMap((some) => Array.from(some?.get(stream)?.values() ?? []))

const versionTimeOf = (row: Row): string =>
  String((row["version"] as { readonly createdAt?: unknown } | undefined)?.createdAt ?? row["createdAt"])

const newestVersion = (moments: ReadonlyArray<Moment>, stream: string): number =>
  moments
    .flatMap((moment) => rowsSeen(moment, stream))
    .reduce((newest, row) => Math.max(newest, Date.parse(versionTimeOf(row))), Number.NEGATIVE_INFINITY)

export class Judge {
  readonly destination = new Destination()
  /** Rows that differed as the contract allows, in all syncs. */
  excused = 0
  /** Rows of a killed sync that other filters leave out, in all syncs. */
  leftBehind = 0
  /** Tables that were found to be the site, in all syncs. */
  tables = 0
  /** Streams whose state is of an earlier job that had finished them: it is worth nothing to this one. */
  #ofOtherJobs = new Set<string>()
  readonly #memories = new Map<string, Memory>()
  #log = new LogJudge()
  /** The latest time that the site's clock has shown, and whether it was ever set back. */
  #latestTime = Number.NEGATIVE_INFINITY
  #setBack = false

  #memory(stream: string): Memory {
    const known = this.#memories.get(stream) ?? new Memory()
    this.#memories.set(stream, known)
    return known
  }

  /** To be called before a sync: what begins with it. */
  begin(newJob: boolean, syncMode: SyncSeen["syncMode"], streams: ReadonlyArray<string>, keepsStates: boolean): void {
    if (!newJob) return
    const whole = streams.filter((stream) => syncMode === "full_refresh" || !(isIncremental(stream) || isLog(stream)))
    this.#ofOtherJobs = new Set(keepsStates ? whole.filter((stream) => this.#memory(stream).complete) : [])
    this.destination.newJob(whole, this.#ofOtherJobs)
    for (const stream of whole) this.#memories.delete(stream)
    if (syncMode === "full_refresh") this.#log = new LogJudge()
  }

  /** To be called whenever the site's clock may have been set: what it shows, in milliseconds. */
  clock(siteTime: number): void {
    this.#setBack ||= siteTime < this.#latestTime
    this.#latestTime = Math.max(this.#latestTime, siteTime)
  }

  /** Takes in a sync and says everything that is wrong with it. */
  sync(sync: SyncSeen): ReadonlyArray<Violation> {
    for (const siteTime of [...sync.moments.map((moment) => moment.siteTime), sync.siteTimeAtEnd]) this.clock(siteTime)
    const names = sync.catalog.streams.map(({ stream }) => stream.name)
    const before = new Map<string, Table>(names.map((name) => [name, new Map(this.destination.arrived(name))]))
    const hadState = new Set(names.filter((name) => this.destination.hasState(name) && !this.#ofOtherJobs.has(name)))
    for (const { state } of sync.messages) this.#ofOtherJobs.delete(state?.stream?.stream_descriptor.name ?? "")
    for (const { record } of sync.messages) {
      if (record === undefined) continue
      noteFormat(record.data, formatOf({ name: record.stream, sync }))
      if (record.meta?.changes?.some(isWithheldBody) === true) noteWithheld(record.data)
      if (record.meta?.changes?.some(({ field }) => field === "email") === true) noteUntold(record.data, "email")
    }
    this.destination.take(sync.messages)
    const streams = names.map((name): StreamSeen => {
      const statuses = new Set(
        sync.messages.flatMap(({ trace }) =>
          trace?.stream_status?.stream_descriptor.name === name ? [trace.stream_status.status] : [],
        ),
      )
      return {
        name,
        sync,
        records: sync.messages.flatMap(({ record }) => (record?.stream === name ? [record.data] : [])),
        complete: statuses.has("COMPLETE"),
        incomplete: statuses.has("INCOMPLETE"),
        before: before.get(name)!,
        after: this.destination.arrived(name),
      }
    })
    return [
      ...brokenRules(sync.lines, { catalog: sync.catalog, cutOff: sync.ended === "cut" }).map(
        ({ rule, line, detail }): Violation => ({
          rule: "protocol",
          stream: undefined,
          detail: `line ${line}: ${rule}: ${detail}`,
        }),
      ),
      ...judgeEnd(sync, streams),
      ...judgeStates(sync, streams),
      ...streams.flatMap((seen) =>
        isLog(seen.name) ? this.#judgeLog(seen) : this.#stream(seen, hadState.has(seen.name)),
      ),
    ]
  }

  #judgeLog(seen: StreamSeen): ReadonlyArray<Violation> {
    const memory = this.#memory(seen.name)
    // Another attempt of a job that has read all of it sends nothing.
    const finished = seen.sync.syncMode === "full_refresh" && memory.complete
    if (seen.complete || statesOf(seen).at(-1)?.done === 1) memory.complete = true
    if (finished) {
      const { length } = seen.records
      return length === 0 ? [] : [{ rule: "finished full refresh", stream: seen.name, detail: `${length} records` }]
    }
    return [...judgeRecords(seen, this.#latestTime + AHEAD_MS, this.#setBack), ...this.#log.judge(seen, this.#setBack)]
  }

  #stream(seen: StreamSeen, hadState: boolean): ReadonlyArray<Violation> {
    const { name, sync } = seen
    const memory = this.#memory(name)
    memory.formats.add(formatOf(seen))
    const newest = isIncremental(name) ? newestVersion(sync.moments, name) : 0
    memory.latestVersion = Math.max(memory.latestVersion, newest)
    // With other filters it begins anew. Where no state tells of that, the next attempt goes on from the state before.
    const isAnew = hasOtherFilters(seen, memory)
    const ofJob = isAnew ? sync.moments : [...memory.ofJob, ...sync.moments]
    if (!isIncremental(name)) {
      if (!isAnew || statesOf(seen).length > 0) memory.ofJob = ofJob
      memory.liedInJob ||= sync.lied
      memory.troubledInJob ||= sync.troubled
      memory.spacesRefusedInJob ||= sync.spacesRefused
      for (const id of sync.withoutId) memory.withoutIdInJob.add(id)
    }
    const violations = [
      ...judgeRecords(seen, Math.max(this.#latestTime, memory.latestVersion) + AHEAD_MS, this.#setBack),
      ...judgeGuard(seen, memory.complete),
    ]
    if (memory.settled && memory.formats.size === 1) violations.push(...judgeRepeats(seen))
    const isSame = memory.formats.size === 1 && !hasOtherFilters(seen, memory)
    const finished = sync.syncMode === "full_refresh" && memory.complete && isSame
    if (finished && seen.records.length > 0) {
      violations.push({ rule: "finished full refresh", stream: name, detail: `${seen.records.length} records` })
    }
    const promised = finished ? undefined : this.#promised(seen, memory, hadState)
    violations.push(...judgeRefusal(seen, promised))
    if (seen.complete && hadState && !sync.troubled && !sync.lied && isIncremental(name) && promised !== undefined) {
      violations.push(...judgeBodies(seen, promised))
    }
    if (seen.complete && promised !== undefined) {
      const judged = isIncremental(name) ? seen : { ...seen, sync: ofWholeJob(sync, ofJob, memory) }
      const { violations: found, excused, leftBehind } = judgeTable(judged, promised)
      violations.push(...found)
      this.excused += excused
      this.leftBehind += leftBehind
      if (promised.whole) this.tables++
    }
    this.#remember(seen, memory, promised)
    return violations
  }

  /** What a stream that is complete now has promised. */
  #promised(seen: StreamSeen, memory: Memory, hadState: boolean): Promised {
    const { name, sync } = seen
    // Users are there whom no row names any more.
    const withoutExtras = !hadState && name !== "users"
    const named = sync.messages.every(({ trace }) => trace?.stream_status?.status !== "INCOMPLETE")
    if (name === "users" && !named) return NOTHING
    const first: Promised = { ...NOTHING, whole: true, withoutExtras, mayMissChanged: true }
    if (!hadState) return first
    // What an earlier attempt of a full refresh has sent stays in the table of its job.
    const deletes = isIncremental(name) && sync.syncMode === "incremental"
    const otherFilters = hasOtherFilters(seen, memory)
    if (otherFilters && !deletes) return { ...first, withoutExtras: false }
    // What is read whole has no index: going on after a cut, it cannot know of what changed since the job began.
    if (!isIncremental(name)) return name === "users" ? NOTHING : { ...first, withoutExtras: false }
    const reconciles =
      !memory.complete || otherFilters || sync.config.reconcile_interval_hours === 0 || this.#isDue(sync, memory)
    if (reconciles) {
      // What may lie outside is kept where nobody can tell.
      const keeps = sync.treeHidden === true
      return { ...first, withoutExtras: deletes && !keeps, mayMissChanged: isReadByDate(seen) }
    }
    if (memory.formats.size > 1) return { ...first, withoutExtras: false }
    // Between reconciliations it looks at content that has a new version.
    if (OF_CONTENTS.has(name)) return NOTHING
    // A lost reply is found by reconciling alone, where lists have none.
    if (name === "comments" && !sync.repliesListed) return NOTHING
    if (!sync.newestFirst) return NOTHING
    const followed = this.#setBack ? memory.perhapsSeen : memory.surelySeen
    const { overlooked } = memory
    return { ...NOTHING, versionsSince: followed - sync.config.lookback_minutes * 60_000, overlooked }
  }

  /** Whether reconciling is due, whichever of the clocks counts. */
  #isDue(sync: SyncSeen, memory: Memory): boolean {
    const hours = sync.config.reconcile_interval_hours
    return hours >= 0 && sinceThen(sync, memory.perhapsReconciled).every((ms) => ms >= hours * HOUR + MARGIN_MS)
  }

  #mayBeDue(sync: SyncSeen, memory: Memory): boolean {
    const hours = sync.config.reconcile_interval_hours
    return hours >= 0 && sinceThen(sync, memory.surelyReconciled).some((ms) => ms >= hours * HOUR - MARGIN_MS)
  }

  #rememberFilters(seen: StreamSeen, memory: Memory, hasState: boolean, ended: boolean): void {
    const { name, sync } = seen
    // What knows no changes begins anew with other filters, and its states are of these alone.
    const isBegunAnew = hasState && !isIncremental(name)
    if (isBegunAnew && hasOtherFilters(seen, memory)) memory.complete = ended
    if (ended || isBegunAnew) memory.filters = new Set()
    if (ended || hasState) memory.filters.add(sayingOf(sync.config.filters ?? {}))
  }

  #remember(seen: StreamSeen, memory: Memory, promised: Promised | undefined): void {
    const { name, sync } = seen
    const wasComplete = memory.complete
    memory.settled = seen.complete
    const states = statesOf(seen)
    // The one look into a state: nothing else tells a stream that was cut off from one that had just come to its end, and has
    // nothing to resume.
    // Users are read again by the next attempt of their job while not all were known whom rows name.
    const ended = states.at(-1)?.done === 1 || (seen.complete && name !== "users")
    // All was read but some contents, which are asked for again.
    const isReadToItsEnd = OF_CONTENTS.has(name) && seen.incomplete && hasReadTheRest(seen)
    // A full refresh that has told what it lacks goes on with that in its job.
    memory.complete ||= ended || (isReadToItsEnd && sync.syncMode === "incremental")
    if (!isIncremental(name)) return this.#rememberFilters(seen, memory, states.length > 0, ended)
    const mayHaveReconciled =
      promised?.withoutExtras === true ||
      !wasComplete ||
      this.#mayBeDue(sync, memory) ||
      this.#setBack ||
      hasOtherFilters(seen, memory) ||
      // To learn whom the rows name.
      sync.catalog.streams.some(({ stream }) => stream.name === "users") ||
      // For another format all is listed anew.
      memory.formats.size > 1
    const now = { ours: sync.endedAt, theirs: sync.siteTimeAtEnd }
    if (states.length > 0 && mayHaveReconciled) memory.perhapsReconciled = now
    if (seen.complete && (promised?.withoutExtras === true || !wasComplete)) memory.surelyReconciled = now
    this.#rememberFilters(seen, memory, states.length > 0, ended || (isReadToItsEnd && sync.syncMode === "incremental"))
    // What the first scan has seen before it was cut off counts too, even if it is hidden when the scan is finished.
    if (!ended && wasComplete) return
    if (ended) {
      memory.formats = new Set([formatOf(seen)])
      if (promised?.whole === true) memory.overlooked.clear()
      for (const key of overlookedBy(seen, promised ?? NOTHING)) memory.overlooked.set(key, sync.moments[0]!.siteTime)
    }
    // What is dated ahead says nothing of what comes later.
    const seenBy = (moments: ReadonlyArray<Moment>) => Math.min(newestVersion(moments, name), this.#latestTime)
    memory.surelySeen = Math.max(memory.surelySeen, seenBy(sync.moments.slice(0, 1)))
    memory.perhapsSeen = Math.max(memory.perhapsSeen, seenBy(sync.moments))
  }
}

const hasReadTheRest = ({ name, sync }: StreamSeen): boolean =>
  sync.messages.some(
    ({ trace }) =>
      trace?.error?.stream_descriptor?.name === name &&
      trace.error.message.includes("could not be read; all the rest was"),
  )

/** A sync as the last attempt of its job, which a stream that is read whole is judged by. */
const ofWholeJob = (sync: SyncSeen, moments: ReadonlyArray<Moment>, memory: Memory): SyncSeen => ({
  ...sync,
  moments,
  lied: memory.liedInJob,
  troubled: memory.troubledInJob,
  spacesRefused: memory.spacesRefusedInJob,
  withoutId: memory.withoutIdInJob,
})

/** The states that a sync has written of a stream. */
const statesOf = ({ name, sync }: StreamSeen): ReadonlyArray<{ readonly done?: 1 }> =>
  sync.messages.flatMap(({ state }) =>
    state?.stream?.stream_descriptor.name === name ? [state.stream.stream_state as { readonly done?: 1 }] : [],
  )

/** Whether a state was written under other filters than are given now. */
const hasOtherFilters = ({ name, sync }: StreamSeen, { filters }: Memory): boolean =>
  !OF_THE_WHOLE_SITE.has(name) && [...filters].some((said) => said !== sayingOf(sync.config.filters ?? {}))

/** Whether content is read in the order of its changes: what is edited meanwhile passes to where has been read; the next sync finds it. */
const isReadByDate = ({ name, sync }: StreamSeen): boolean =>
  (name === "pages" || name === "blog_posts") &&
  (sync.config.filters?.modified_after ?? sync.config.filters?.modified_before) !== undefined

/** How long ago that was, by our clock and the site's, in milliseconds. */
const sinceThen = ({ startedAt, moments }: SyncSeen, then: Instant | undefined): ReadonlyArray<number> =>
  then === undefined ? [Number.POSITIVE_INFINITY] : [startedAt - then.ours, moments[0]!.siteTime - then.theirs]

const isWithheldBody = ({ field, change, reason }: FieldChange): boolean =>
  field === "body" && change === "NULLED" && reason === "SOURCE_RETRIEVAL_ERROR"
