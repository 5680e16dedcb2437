/** Lets a history happen, and has every sync of it judged. It ends with the first sync that breaks a rule. */
import { schemas } from "../../src/generated/schemas.ts"
import type { OddRow } from "../../src/sample-site/alteredAnswers.ts"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { TREE_STREAMS } from "../support/knowableTree.ts"
import type { ConfiguredCatalog, ProtocolMessage } from "../support/runConnector.ts"
import { carryOut } from "./changes.ts"
import { ENDPOINTS } from "./drawnFaults.ts"
import { isUntold } from "./endRules.ts"
import { type ConnectionConfig, type History, LAST_ROUND, type Round } from "./history.ts"
import { Judge } from "./judge.ts"
import { isLog } from "./logRules.ts"
import { isIncremental, keyColumns, type Moment, momentOf, noteOdd } from "./moments.ts"
import { unjudgedContent } from "./unjudged.ts"
import type { SyncSeen, Violation } from "./verdict.ts"
import type { World } from "./worlds.ts"

/** What became of a history. */
export interface Ran {
  readonly violations: ReadonlyArray<Violation>
  /** The index of the round whose sync broke a rule; that of the last round is the number of rounds. */
  readonly round: number
  /** A line for each sync. */
  readonly log: ReadonlyArray<string>
  readonly syncs: number
  readonly changes: number
  readonly cuts: number
  readonly failed: number
  readonly tables: number
  readonly excused: number
  readonly leftBehind: number
}

/** The configured catalog of a history, with the keys that a destination merges by. */
const catalogOf = ({ streams, syncMode }: History): ConfiguredCatalog => ({
  streams: streams.map((name) => {
    const incremental = isIncremental(name) || isLog(name)
    const cursor = isLog(name) ? "creationDate" : "changedAt"
    return {
      stream: {
        name,
        json_schema: schemas[name]!,
        supported_sync_modes: incremental ? ["full_refresh", "incremental"] : ["full_refresh"],
        source_defined_primary_key: keyColumns(name).map((column) => [column]),
        ...(incremental ? { source_defined_cursor: true, default_cursor_field: [cursor] } : {}),
      },
      sync_mode: incremental ? syncMode : "full_refresh",
      destination_sync_mode: syncMode === "incremental" && incremental ? "append_dedup" : "overwrite",
    }
  }),
})

/** Empty answers in the place of so many lists cannot be told from a site that has nothing there. */
const MOST_LIES = 1

const liesOf = (site: SampleSite): number =>
  site
    .listFaults()
    .reduce((sum, fault) => sum + (fault.kind === "empty-list" || isDenial(site, fault) ? fault.hit : 0), 0)

const ITEMS: ReadonlySet<string> = new Set(TREE_STREAMS.map((stream) => `/wiki/api/v2/${stream}/*`))

/** Whether folders or the like are said not to be there, and no other look-up knows better. */
const isDenial = ({ settings }: SampleSite, { status, path = "" }: Fault): boolean =>
  status === 404 && ITEMS.has(path) && !settings.quirks.typesOfTree

/**
 * Whether folders or the like are said not to be there while filters name pages: what lies below one that is not shown is in none of their
 * answers, so that nobody can tell whether the filters let it in.
 */
const hidesTree = (site: SampleSite, { page_ids_include = [], page_ids_exclude = [] }: GivenFilters = {}): boolean =>
  page_ids_include.length + page_ids_exclude.length > 0 &&
  site.listFaults().some(({ status, path = "", hit }) => hit > 0 && status === 404 && ITEMS.has(path))

/** Streams whose list has answered with a refusal that nothing but time would have ended. */
const refusedStreams = (site: SampleSite): ReadonlySet<string> => {
  const paths = new Set(
    site
      .listFaults()
      .filter(({ kind, status, hit, ...when }) => kind === "status" && status !== 404 && hit > 0 && isForGood(when))
      .map(({ path }) => path),
  )
  const those = Object.entries(ENDPOINTS).filter(([, endpoints]) => endpoints.some((path) => paths.has(path)))
  return new Set(those.map(([stream]) => stream))
}

/** The path of the one fault that has hit, if it is one that refuses a path for good. */
const refusedPathOf = (site: SampleSite): string | undefined => {
  const hits = site.listFaults().filter(({ hit }) => hit > 0)
  const [only] = hits
  const isOne = hits.length === 1 && only!.kind === "status" && only!.query === undefined && isForGood(only!)
  return isOne ? only!.path : undefined
}

const isForGood = ({ times, probability }: Pick<Fault, "times" | "probability">): boolean =>
  times === undefined && probability === undefined

/** Whether nothing tells that the site has no roles. */
const refusesRoles = ({ settings }: SampleSite): boolean => {
  const { roleMode, tellsRoleMode, listsWithoutRoles } = settings.quirks
  return roleMode === "PRE_ROLES" && !tellsRoleMode && listsWithoutRoles === "403"
}

/** A sync of one of these small sites that asks for so much goes round in circles. */
const MOST_REQUESTS = 6_000
/** And so many more for each comment, where no list holds replies: each going through all of them asks every comment for its own. */
const MOST_PER_COMMENT = 2

/** Streams that ask each content, and that it is asked no more often than this. */
const ASK_EACH: ReadonlySet<string> = new Set(["likes", "content_views", "content_properties", "content_versions"])
const MOST_PER_CONTENT = 4

const mostRequests = (
  { pages, blogPosts, footerComments, inlineComments, settings }: SampleSite,
  streams: ReadonlyArray<string>,
): number =>
  MOST_REQUESTS +
  streams.filter((stream) => ASK_EACH.has(stream)).length *
    MOST_PER_CONTENT *
    (pages.size + blogPosts.size + footerComments.size + inlineComments.size) +
  (settings.quirks.repliesInCommentLists ? 0 : MOST_PER_COMMENT * (footerComments.size + inlineComments.size))

/** A history at work. */
class Course {
  readonly judge = new Judge()
  readonly log: Array<string> = []
  changes = 0
  syncs = 0
  cuts = 0
  failed = 0
  readonly #history: History
  readonly #world: World
  readonly #catalog: ConfiguredCatalog
  #config: ConnectionConfig
  #last: SyncSeen["ended"] = "done"
  /** All that was incomplete in the last sync had to be: the site does not tell it. */
  #couldNot = false
  #job = 0

  constructor(history: History, world: World) {
    this.#history = history
    this.#world = world
    this.#config = history.config
    this.#catalog = catalogOf(history)
  }

  #change(changes: Round["changes"]): void {
    for (const change of changes) if (carryOut(this.#world.site, change)) this.changes++
  }

  #moment(): Moment {
    const { body_format, filters } = this.#config
    return momentOf(this.#world.site, this.#history.streams, body_format, filters)
  }

  async round(round: Round, isLast: boolean): Promise<ReadonlyArray<Violation>> {
    const { site } = this.#world
    this.judge.clock(site.siteTime())
    site.set(round.settings)
    this.judge.clock(site.siteTime())
    this.#config = { ...this.#config, ...round.config }
    this.#change(round.changes)
    await this.#world.passTime(round.pauseMs)
    const newJob = this.#last === "done" || (round.newJob && this.#last !== "cut")
    const violations = await this.#sync(round, newJob)
    if (isLast && this.#last !== "done" && !this.#couldNot && violations.length === 0) {
      return [{ rule: "last sync", stream: undefined, detail: this.log.at(-1)! }]
    }
    const finished = this.#history.syncMode === "full_refresh" && this.#last === "done"
    if (violations.length > 0 || !finished || !round.again) return violations
    const again = await this.#sync({ ...round, faults: [], meanwhile: [], cut: undefined }, false)
    this.#last = "done"
    return again
  }

  /** The records of a row whose answer was odd may say so. */
  #noteOdd(messages: ReadonlyArray<ProtocolMessage>, odd: OddRow): void {
    for (const { record } of messages) if (record?.data["id"] === odd.id) noteOdd(record.data, odd)
  }

  async #sync(round: Round, newJob: boolean): Promise<ReadonlyArray<Violation>> {
    const { site, now, sync } = this.#world
    const { streams, syncMode } = this.#history
    if (newJob) this.#job++
    this.judge.begin(newJob, syncMode, streams, this.#history.keepsStates)
    const moments = [this.#moment()]
    let requests = 0
    const most = mostRequests(site, streams)
    const onRequest = () => {
      if (++requests > most) throw new Error(`more than ${most} requests`)
      const changes = round.meanwhile.filter(({ afterRequests }) => afterRequests === requests)
      if (changes.length === 0) return
      for (const each of changes) this.#change(each.changes)
      moments.push(this.#moment())
    }
    site.setFaults(round.faults)
    site.set({ cursorEpoch: this.syncs })
    const startedAt = now()
    const config = this.#config
    const states = this.judge.destination.states()
    const result = await sync({
      config,
      catalog: this.#catalog,
      states,
      cut: round.cut,
      jobId: `${this.#job}`,
      onRequest,
    })
    if (requests > most) {
      this.log.push(`sync ${this.syncs + 1}: endless`)
      return [{ rule: "endless", stream: undefined, detail: `it has sent ${requests} requests` }]
    }
    const faultsHit = site.listFaults().some(({ hit }) => hit > 0)
    const lies = liesOf(site)
    const treeHidden = hidesTree(site, config.filters)
    const refused = refusedStreams(site)
    const refusedPath = refusedPathOf(site)
    const oddRows = site.oddRows()
    for (const odd of oddRows) this.#noteOdd(result.messages, odd)
    const spacesRefused = site
      .listFaults()
      .some(
        ({ hit, kind, path, status }) =>
          hit > 0 && kind === "status" && path === "/wiki/api/v2/spaces" && (status === 401 || status === 403),
      )
    site.setFaults([])
    const seen: SyncSeen = {
      ...result,
      told: round.cut?.how === "terminate",
      catalog: this.#catalog,
      config,
      syncMode,
      moments,
      startedAt,
      endedAt: now(),
      siteTimeAtEnd: site.siteTime(),
      troubled: faultsHit || site.settings.cursorUses > 0,
      refused,
      refusedPath: site.settings.cursorUses > 0 ? undefined : refusedPath,
      newestFirst: site.settings.quirks.modifiedDateSorts === "version",
      lied: lies > MOST_LIES,
      treeHidden,
      withoutId: new Set(oddRows.flatMap(({ id, field }) => (field === "id" ? [id] : []))),
      unjudged: unjudgedContent(oddRows, config.filters ?? {}),
      spacesRefused,
      archivesListed: site.settings.quirks.contentOfArchivedSpaces,
      repliesListed: site.settings.quirks.repliesInCommentLists,
      rolesRefused: refusesRoles(site),
      newJob,
    }
    const violations = this.judge.sync(seen)
    this.#last = result.ended
    const incomplete = result.messages.flatMap(({ trace }) =>
      trace?.stream_status?.status === "INCOMPLETE" ? [trace.stream_status.stream_descriptor.name] : [],
    )
    this.#couldNot = result.ended === "failed" && incomplete.every((name) => isUntold({ name, sync: seen }))
    this.syncs++
    if (result.ended === "cut") this.cuts++
    if (result.ended === "failed") this.failed++
    const records = result.messages.filter(({ record }) => record !== undefined).length
    this.log.push(
      `sync ${this.syncs}: ${result.ended}, ${records} records, ${result.lines.length} lines, ${requests} requests, ` +
        `${moments.length} moments${newJob ? ", new job" : ""}`,
    )
    return violations
  }
}

/** Runs a history to its end, or to the first sync that breaks a rule. */
export const runHistory = async (history: History, world: World): Promise<Ran> => {
  const course = new Course(history, world)
  const rounds = [...history.rounds, { ...LAST_ROUND, settings: { cursorUses: 0 } }]
  let violations: ReadonlyArray<Violation> = []
  let index = 0
  try {
    for (const [number, round] of rounds.entries()) {
      index = number
      violations = await course.round(round, number === rounds.length - 1)
      if (violations.length > 0) break
    }
  } finally {
    await world.close()
  }
  const { judge, log, syncs, changes, cuts, failed } = course
  return {
    violations,
    round: index,
    log,
    syncs,
    changes,
    cuts,
    failed,
    tables: judge.tables,
    excused: judge.excused,
    leftBehind: judge.leftBehind,
  }
}
