/**
 * Tasks of content in the trash, where nothing tells them from the others because the content's own lists were refused: they are sent, and
 * the stream says so, by a warning where a scope is missing, else by ending INCOMPLETE.
 */
import type { StreamSeen } from "./verdict.ts"

const WARNING = /^tasks: what is in the trash cannot be told from the rest/
const FAILURE = /contents with tasks are in the trash/

/** Whether a stream has told that it may hold what is in the trash, and something was in its way. */
export const tellsOfTrash = ({ name, sync }: Pick<StreamSeen, "name" | "sync">): boolean =>
  name === "tasks" &&
  sync.troubled &&
  sync.messages.some(
    ({ log, trace }) =>
      (log?.level === "WARN" && WARNING.test(log.message)) ||
      (trace?.error?.stream_descriptor?.name === name && FAILURE.test(JSON.stringify(trace.error))),
  )
