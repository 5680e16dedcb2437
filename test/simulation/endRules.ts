/** Judges how a sync and its streams have ended: well only if nothing was refused, and badly only where it had to be. */
import { dependentsOf, groupOf } from "./drawnFaults.ts"
import { contentOf } from "./faultsOfContent.ts"
import { mayBeUnfound } from "./findable.ts"
import { mayBeGuarded } from "./guardRules.ts"
import { mayBeUntold, RESTRICTIONS } from "./restrictions.ts"
import { judgeTable, NOTHING, type Promised } from "./tableRules.ts"
import type { StreamSeen, SyncSeen, Violation } from "./verdict.ts"

/** Streams that cannot be complete where the site tells no restrictions of some content that it shows. */
const OF_RESTRICTIONS: ReadonlySet<string> = new Set([RESTRICTIONS, "users"])

const OF_ROLES: ReadonlySet<string> = new Set(["space_roles", "space_role_assignments", "users"])

/** Whether a stream may be incomplete without any fault, because the site does not tell what it should. */
export const isUntold = ({ name, sync }: Pick<StreamSeen, "name" | "sync">): boolean =>
  (OF_RESTRICTIONS.has(name) && mayBeUntold(sync.moments)) || (OF_ROLES.has(name) && sync.rolesRefused)

/** Exit code 0 says that every stream is complete, and a stream that is not has met something. */
export const judgeEnd = (sync: SyncSeen, streams: ReadonlyArray<StreamSeen>): ReadonlyArray<Violation> => {
  const violations: Array<Violation> = []
  if (sync.ended === "crashed") {
    violations.push({ rule: "ends", stream: undefined, detail: `it ended with ${sync.lines.at(-1) ?? "no line"}` })
  }
  const byItself = sync.ended === "done" || sync.ended === "failed"
  if (byItself && (sync.ended === "done") !== streams.every(({ complete }) => complete)) {
    violations.push({ rule: "ends", stream: undefined, detail: `it ended as ${sync.ended}` })
  }
  if (
    sync.ended === "failed" &&
    !sync.troubled &&
    streams.every(({ complete, incomplete }) => !complete && !incomplete)
  ) {
    violations.push({ rule: "ends", stream: undefined, detail: `it failed at once: ${sync.lines.at(-1)}` })
  }
  violations.push(...judgeFailures(sync, streams))
  for (const seen of streams) {
    if (!seen.incomplete || sync.troubled || mayBeGuarded(seen) || isUntold(seen)) continue
    const error = sync.messages.find(({ trace }) => trace?.error?.stream_descriptor?.name === seen.name)?.trace?.error
    violations.push({
      rule: "failed without a reason",
      stream: seen.name,
      detail: `${error?.message} ${error?.internal_message ?? ""}`,
    })
  }
  return violations
}

/** Streams that ask the lists of pages and blog posts for what their rows hang on. */
const HANGING: ReadonlySet<string> = new Set(["comments", "attachments"])

const isAskedByOthers = ({ name, sync }: StreamSeen): boolean =>
  (name === "pages" || name === "blog_posts") && sync.catalog.streams.some(({ stream }) => HANGING.has(stream.name))

/**
 * A stream whose list was refused for good, and that is complete, is whole all the same: of a list that is walked from both ends the
 * answer that came last may not have been needed any more. Where others ask the same list, it may be one of them that was refused; then
 * a stream that was to look at new versions alone is held to those. One that its job has finished before (`promised` is undefined) asks
 * for nothing, so that it can only be others that were refused.
 */
export const judgeRefusal = (seen: StreamSeen, promised: Promised | undefined): ReadonlyArray<Violation> => {
  const { name, sync, complete } = seen
  if (!complete || !sync.refused.has(name) || promised === undefined) return []
  if (isAskedByOthers(seen) && !promised.whole) return []
  const [wrong] = judgeTable(seen, { ...NOTHING, whole: true, mayMissChanged: true }).violations
  return wrong === undefined ? [] : [{ rule: "complete in spite of a refusal", stream: name, detail: wrong.detail }]
}

const errorOf = (sync: SyncSeen, stream: string): string =>
  sync.messages
    .flatMap(({ trace }) => (trace?.error?.stream_descriptor?.name === stream ? [trace.error.message] : []))
    .join(" ")

/** Where one endpoint alone was refused for good, it costs those streams that need it, and one parent its own rows. */
const judgeFailures = (sync: SyncSeen, streams: ReadonlyArray<StreamSeen>): ReadonlyArray<Violation> => {
  if (sync.refusedPath === undefined) return []
  const dependents = dependentsOf(sync.refusedPath)
  const harmed = streams.filter(
    (seen) => seen.incomplete && dependents?.includes(seen.name) === false && !mayBeGuarded(seen) && !isUntold(seen),
  )
  const violations = harmed.map(({ name }): Violation => ({
    rule: "failure stays where it is",
    stream: name,
    detail: `only ${sync.refusedPath} was refused: ${errorOf(sync, name)}`,
  }))
  violations.push(...judgeOneContent(sync, streams, sync.refusedPath))
  const groupId = groupOf(sync.refusedPath)
  const members = streams.find(({ name }) => name === "group_members")
  const wasThere = groupId !== undefined && sync.moments.every(({ groups }) => groups.has(groupId))
  if (members === undefined || !wasThere || sync.ended === "cut") return violations
  const add = (detail: string) => void violations.push({ rule: "one parent", stream: "group_members", detail })
  // What an earlier attempt of the job has read is not asked for again.
  if (members.complete && sync.newJob) add(`it is complete although ${groupId} was refused`)
  if (!members.complete && !errorOf(sync, "group_members").includes(groupId)) add(`its error does not name ${groupId}`)
  const rows = sync.moments.map((moment) => moment.rows.get("group_members")!)
  const lost = [...rows[0]!.keys()].filter(
    (key) => !key.startsWith(groupId) && rows.every((moment) => moment.has(key)) && !members.after.has(key),
  )
  if (lost.length > 0 && sync.newJob) add(`${lost.length} members of other groups are missing`)
  return violations
}

/** A content whose own list was refused costs its own rows, and the stream names it. */
const judgeOneContent = (
  sync: SyncSeen,
  streams: ReadonlyArray<StreamSeen>,
  path: string,
): ReadonlyArray<Violation> => {
  const one = contentOf(path)
  const seen = streams.find(({ name }) => name === one?.stream)
  if (one === undefined || seen === undefined || sync.ended === "cut" || seen.complete) return []
  const add = (detail: string): Violation => ({ rule: "one parent", stream: seen.name, detail })
  const message = errorOf(sync, seen.name)
  const violations = message.includes(one.id) ? [] : [add(`its error does not name ${one.id}: ${message}`)]
  const rows = sync.moments.map((moment) => moment.rows.get(seen.name)!)
  const lost = [...rows[0]!].filter(
    ([key, row]) =>
      row["contentId"] !== one.id &&
      rows.every((moment) => moment.has(key)) &&
      !seen.after.has(key) &&
      !mayBeUnfound(seen, key),
  )
  return lost.length > 0 && sync.newJob
    ? [...violations, add(`${lost.length} rows of other contents are missing`)]
    : violations
}
