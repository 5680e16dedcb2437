/**
 * Whether a refusal means what it says: that something is missing, forbidden or out of a token's scopes, or that the credential
 * itself is not taken any more. What settles it is a request that the credential has opened before: it is asked again.
 */
import { Effect, type Redacted, Semaphore } from "effect"
import type { Credentials } from "./Credentials.ts"
import type { ConfluenceError } from "./errors.ts"

/** What a site serves is below this; the gateway has other things beside it. */
const SITE_PATHS = "/wiki/"

/** What of a request tells where it leads. */
interface Asked {
  readonly method: string
  readonly base: string
  readonly path: string
}

/** What is known of the credentials by the answers that they got. `ask` sends a request without doubting its answer. */
export const makeDoubts = <Request extends Asked>(
  credentials: Credentials["Service"],
  ask: (request: Request) => Effect.Effect<unknown, ConfluenceError>,
) => {
  // Sending and answers in the order in which they happened.
  let moment = 0
  /** The last request that a credential has opened something with, and the first one below a site: known to be good. */
  let proof: { readonly used: Redacted.Redacted<string>; readonly sent: number } | undefined
  let knownGood: Request | undefined
  const opened = (request: Request, used: Redacted.Redacted<string>, sent: number): void => {
    if (proof?.used !== used || sent > proof.sent) proof = { used, sent }
    if (request.method === "GET" && request.path.startsWith(SITE_PATHS)) knownGood ??= request
  }

  /** The credential that Atlassian knew, though it missed a scope of it. */
  let recognized: Redacted.Redacted<string> | undefined
  /** The last time that a credential did not open what one had opened before. */
  let disproof: { readonly used: Redacted.Redacted<string>; readonly sent: number } | undefined
  const oneProbe = Semaphore.makeUnsafe(1)

  /** Whether the credential still opens what was opened before: asked after the answer in question, once for all that wait. */
  const opensOthers = Effect.fnUntraced(function* (
    used: Redacted.Redacted<string>,
    base: string,
  ): Effect.fn.Return<boolean, ConfluenceError> {
    const answered = ++moment
    const isProved = () => proof?.used === used && proof.sent > answered
    return yield* oneProbe.withPermits(1)(
      Effect.gen(function* () {
        if (isProved() || knownGood?.base !== base) return isProved()
        if (disproof?.used === used && disproof.sent > answered) return false
        const sent = ++moment
        yield* ask(knownGood).pipe(
          Effect.catchTag(["CredentialsRejected", "ScopeMissing", "Forbidden", "NotFound"], () => Effect.void),
        )
        if (!isProved()) disproof = { used, sent }
        return isProved()
      }),
    )
  })

  /** The credential that lacked a scope before any had opened anything. */
  let suspect: Redacted.Redacted<string> | undefined
  /** Whether it is the first that lacks a scope while nothing is open: where it can be renewed, it may have ended. The next one tells. */
  const isFirstToLack = Effect.fnUntraced(function* (used: Redacted.Redacted<string>) {
    suspect ??= used
    return suspect === used && (yield* credentials.trust(used)) !== "always"
  })

  /**
   * Whether a refusal means what it says. Doubt: through the gateway an expired token may be answered with 403, with 404, or with a
   * scope that it lacks, and what is taken for missing would be taken for deleted. So the same token must open something after
   * that answer.
   */
  const isBelievable = Effect.fnUntraced(function* (
    error: ConfluenceError,
    used: Redacted.Redacted<string>,
    base: string,
  ): Effect.fn.Return<boolean, ConfluenceError> {
    if (error._tag === "ScopeMissing") {
      const isFirst = knownGood?.base !== base
      if (!error.certain && isFirst && (yield* isFirstToLack(used))) return false
      recognized = used
      if (error.certain || isFirst) return true
    } else if (error._tag !== "NotFound" && error._tag !== "Forbidden") return true
    const trust = yield* credentials.trust(used)
    return trust === "if others succeed" ? yield* opensOthers(used, base) : trust === "always"
  })

  /**
   * Whether a 401 is said of this endpoint alone: the credential opens others, or was known to Atlassian before it could open
   * any. A token near its end proves nothing.
   */
  const isOfThisAlone = Effect.fnUntraced(function* (
    used: Redacted.Redacted<string>,
    base: string,
  ): Effect.fn.Return<boolean, ConfluenceError> {
    if ((yield* credentials.trust(used)) === "never") return false
    return (yield* opensOthers(used, base)) || (knownGood?.base !== base && recognized === used)
  })

  return {
    /** The number of the next thing that happens. */
    next: () => ++moment,
    opened,
    hasOpened: (used: Redacted.Redacted<string>) => proof?.used === used,
    isNothingOpen: () => knownGood === undefined,
    isBelievable,
    isOfThisAlone,
  }
}
