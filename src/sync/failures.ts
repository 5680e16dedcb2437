/**
 * How the reading of a stream can fail.
 *
 * A failure of some of what a stream is made of (groups, spaces, comments, accounts, each asked for by itself or in batches)
 * stays where it is. All the rest is read, then the stream ends with an error that names what is missing, so that it is asked
 * for again.
 */
import { Data } from "effect"
import { type ConfluenceError, isFatal } from "../confluence/errors.ts"
import type { OutputClosed } from "../protocol/Output.ts"
import type { Missed } from "../site/Accounts.ts"
import type { EmailsUnread } from "../site/Emails.ts"
import type { StagingUnusable } from "./Staging.ts"

/** The state cannot be used with this config. A config_error: going on could only give a wrong result. */
export class StateUnusable extends Data.TaggedError("StateUnusable")<{ readonly message: string }> {
  readonly failureType = "config_error"
}

/** A reconciliation that misses too much of what is known to believe it. Waiting may help, and nothing was deleted. */
export class TooMuchMissing extends Data.TaggedError("TooMuchMissing")<{ readonly message: string }> {
  readonly failureType = "transient_error"
}

/** What could not be read, while all the rest was. */
export class PartsUnread extends Data.TaggedError("PartsUnread")<{
  readonly message: string
  readonly internalMessage: string | undefined
  readonly failureType: "transient_error" | "config_error" | "system_error"
  readonly missed: ReadonlyArray<Missed>
  /** How many parts there are, those that were read among them; undefined where nobody has counted. */
  readonly of: number | undefined
}> {}

/** All that can end the reading of a stream. */
export type ReadFailure =
  | ConfluenceError
  | OutputClosed
  | StateUnusable
  | TooMuchMissing
  | PartsUnread
  | EmailsUnread
  | StagingUnusable

/** So many are named in an error. */
const MOST_NAMED = 5

/** `what` could not be read: the members of one of six groups, say. */
export const partsUnread = (stream: string, what: string, missed: ReadonlyArray<Missed>, of?: number): PartsUnread => {
  const named = missed.slice(0, MOST_NAMED).map(({ name, error }) => `${name}: ${error.message}`)
  const more = missed.length - named.length
  const types = missed.map(({ error }) => error.failureType)
  return new PartsUnread({
    message:
      `${stream}: ${what} could not be read; all the rest was. ${named.join(" ")}` +
      `${more > 0 ? ` And ${more} more.` : ""} The next sync asks for it again.`,
    internalMessage: missed[0]?.error.internalMessage,
    // Where one of them may pass by itself, it is worth trying again.
    failureType: types.find((type) => type === "transient_error") ?? types[0] ?? "system_error",
    missed,
    of,
  })
}

/** Whether a failure may be of one part alone, and says nothing of the others. */
export const isOfOnePart = (error: ReadFailure): error is ConfluenceError => {
  switch (error._tag) {
    case "OutputClosed":
    case "StateUnusable":
    case "TooMuchMissing":
    case "PartsUnread":
    case "EmailsUnread":
    case "StagingUnusable":
    // These are of the endpoint, or of all requests.
    case "ScopeMissing":
    case "EndpointRemoved":
    case "RateLimitExceeded":
      return false
    default:
      return !isFatal(error)
  }
}
