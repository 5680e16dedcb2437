/**
 * Fetches the files of attachments: a share of the workers of their own, beside that of the requests to the API, so that lists go on
 * while files come.
 *
 * A file is asked for at the API by its version, which answers where it is, and fetched from there at once. Whatever is wrong with one
 * file costs that file alone. What stands in the way of all of them (a missing scope, a host that is down) is not tried a hundred
 * thousand times: after some failures in a row the rest is left to the next sync, and a warning says so.
 */
import { Context, Data, Effect, Layer, Semaphore } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { type ConfluenceError, isFatal } from "../confluence/errors.ts"
import { fetchFile, TargetFailed } from "../confluence/fetchFile.ts"
import type { Row } from "../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"
import { Transport } from "../confluence/Transport.ts"
import type { OutputClosed } from "../protocol/Output.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { containersOfFile } from "../site/containers.ts"
import type { FileCounts } from "./Courier.ts"
import type { FileLimits } from "./FileLimits.ts"
import type { FileOutcome } from "./fileStatus.ts"
import { type OpenFile, type StagedFile, Staging, type StagingUnusable } from "./Staging.ts"

/** Answers by a redirect to where the file is. */
export const DOWNLOAD: Endpoint = {
  path: "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download",
  scopes: [["readonly:content.attachment:confluence"], ["read:attachment:confluence"]],
}
const ATTACHMENTS = "/wiki/api/v2/attachments"

/** Tries of the API's part, each with a wait of its own where the site asks for one. */
const API_TRIES = 3
/** So many files in a row that failed, for the first time, say that the next one will, too. */
const MOST_FAILURES = 25
/** Warnings about single files. */
const MOST_WARNINGS = 10
/** An address answers nothing but where the file is. */
const MOST_ANSWER_BYTES = 65_536
/** Lists go first. */
const PRIORITY = -1

/** What ends the stream whose files these are, or all streams. */
export type FilesFailure = ConfluenceError | StagingUnusable | OutputClosed

export class Files extends Context.Service<
  Files,
  {
    /** Undefined: nobody wants any. */
    readonly limits: FileLimits | undefined
    /** Files at once. */
    readonly atOnce: number
    readonly counts: FileCounts
    /** Fetches the file of a row, which names its container and its version. `isKnownToFail`: an earlier sync could not have it. */
    readonly fetch: (stream: string, row: Row, isKnownToFail: boolean) => Effect.Effect<FileOutcome, FilesFailure>
    /** Takes back a file that no record tells of. */
    readonly remove: (file: StagedFile) => Effect.Effect<void>
  }
>()("source-confluence/Files") {
  /** Nobody wants files. */
  static readonly none: Layer.Layer<Files> = Layer.sync(Files, () => ({
    limits: undefined,
    atOnce: 0,
    counts: noCounts(),
    fetch: () => Effect.die("files were asked for that nobody wants"),
    remove: () => Effect.void,
  }))

  static readonly layer = (
    options: FilesOptions,
  ): Layer.Layer<Files, never, ConfluenceClient | Reporter | Staging | Transport> => Layer.effect(Files, make(options))
}

export interface FilesOptions {
  readonly limits: FileLimits
  /** Most files at once. */
  readonly atOnce: number
  /** Who gives addresses: the site, or the gateway. */
  readonly from: URL
  /** Public https addresses alone. */
  readonly cloud: boolean
}

/** The API does not say where the file is. */
class NoAddress extends Data.TaggedError("NoAddress")<{ readonly why?: string }> {}

/** What came of one file. */
interface Had {
  readonly outcome: FileOutcome
  /** For the log, where there is something to say. */
  readonly why: string
}

const MISSING: Had = { outcome: { status: "missing" }, why: "the site has no such file" }
const UNTRIED: Had = { outcome: { status: "failed", isUntried: true }, why: "" }
const failed = (why: string): Had => ({ outcome: { status: "failed", isUntried: false }, why })

const isTargetFailed = (error: unknown): error is TargetFailed => error instanceof TargetFailed
const isOfApi = (error: FilesFailure): error is ConfluenceError =>
  error._tag !== "StagingUnusable" && error._tag !== "OutputClosed"

const noCounts = (): FileCounts => ({ transferred: 0, bytes: 0, missing: 0, failed: 0 })

/** Whether a failure is of all files alike: asking for others would only take time. */
const isOfAll = ({ _tag }: ConfluenceError): boolean => _tag === "ScopeMissing" || _tag === "EndpointRemoved"

const numberIn = (row: Row, key: string): number | undefined => {
  const value = row[key]
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

const versionIn = ({ version }: Row): number | undefined =>
  typeof version === "object" && version !== null ? numberIn(version as Row, "number") : undefined

const make = Effect.fnUntraced(function* ({ limits, atOnce, from, cloud }: FilesOptions) {
  const client = yield* ConfluenceClient
  const reporter = yield* Reporter
  const staging = yield* Staging
  const transport = yield* Transport
  const turns = Semaphore.makeUnsafe(atOnce)
  const counts = noCounts()
  let warnings = 0
  let inARow = 0
  /** Why no more are tried. */
  let givenUp = false

  const warn = (text: string) => (warnings++ < MOST_WARNINGS ? reporter.log("WARN", text) : Effect.void)
  const giveUp = Effect.fnUntraced(function* (stream: string, why: string) {
    if (givenUp) return
    givenUp = true
    yield* reporter.log(
      "WARN",
      `${stream}: no more files are tried in this sync, and the rows of those that are left say "failed"; a later sync asks for them again. ${why}`,
    )
  })

  /** Where the file is, by whichever of the row's containers the API knows it. */
  const locate = Effect.fnUntraced(function* (stream: string, row: Row) {
    const id = encodeURIComponent(String(row["id"]))
    const version = versionIn(row)
    const { status } = row
    for (const container of containersOfFile(row)) {
      const answer = yield* client
        .request({
          path: DOWNLOAD.path.replace("{id}", encodeURIComponent(container)).replace("{attachmentId}", id),
          query: [
            ...(version === undefined ? [] : [["version", String(version)] as const]),
            // Left out, it stands for those that are current.
            ...(typeof status === "string" && status !== "current" ? [["status", status] as const] : []),
          ],
          stream,
          scope: scopeNames(DOWNLOAD),
          asksWhere: true,
          mostBytes: MOST_ANSWER_BYTES,
          tries: API_TRIES,
          mostTries: API_TRIES,
          priority: PRIORITY,
        })
        .pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
      const location = answer?.location
      if (location === undefined) continue
      if (URL.canParse(location, from.href)) return new URL(location, from)
      return yield* new NoAddress({ why: "the site gives an address that is none" })
    }
    return yield* new NoAddress({})
  })

  /** A file that the API knows nothing of: of an attachment that is there, it is missing. */
  const judgeUnknown = Effect.fnUntraced(function* (stream: string, row: Row): Effect.fn.Return<Had, ConfluenceError> {
    const path = `${ATTACHMENTS}/${encodeURIComponent(String(row["id"]))}`
    const found = yield* client
      .request({ path, stream, scope: "read:attachment:confluence", priority: PRIORITY })
      .pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
    const status = (found?.body as Row | undefined)?.["status"]
    return status === "current" || status === "archived"
      ? MISSING
      : failed("the site does not show the attachment any more")
  })

  const download = Effect.fnUntraced(function* (
    stream: string,
    row: Row,
    target: OpenFile,
  ): Effect.fn.Return<Had, ConfluenceError | NoAddress | TargetFailed | StagingUnusable> {
    const wanted = { from, cloud, bytes: numberIn(row, "fileSize"), mostBytes: limits.maxBytes, target }
    const fetched = yield* fetchFile({ ...wanted, address: locate(stream, row) }).pipe(
      Effect.provideService(Transport, transport),
    )
    switch (fetched._tag) {
      case "missing":
        return MISSING
      case "too large":
        return { outcome: { status: "too_large" }, why: "" }
      case "failed":
        return failed(fetched.why)
      case "whole":
        // What the site knows to be no file of its own.
        return target.length === 0 && row["fileId"] === "UNKNOWN_MEDIA_ID"
          ? MISSING
          : { outcome: { status: "transferred", file: yield* target.keep }, why: "" }
    }
  })

  /** What went wrong at the API, for one file alone; what goes wrong for all requests ends the stream. */
  const ofApi = Effect.fnUntraced(function* (
    stream: string,
    error: ConfluenceError,
  ): Effect.fn.Return<Had, FilesFailure> {
    if (isFatal(error) || error._tag === "RateLimitExceeded") return yield* error
    if (!isOfAll(error)) return failed(error.message)
    yield* giveUp(stream, error.message)
    return UNTRIED
  })

  const attempt = (stream: string, row: Row): Effect.Effect<Had, ConfluenceError | StagingUnusable> =>
    Effect.acquireUseRelease(
      staging.open(String(row["id"]), String(row["title"] ?? "")),
      (target) => download(stream, row, target),
      // Of a file that was kept nothing is left here.
      (target) => target.drop,
    ).pipe(
      Effect.catchTag("NoAddress", ({ why }) =>
        why === undefined ? judgeUnknown(stream, row) : Effect.succeed(failed(why)),
      ),
      Effect.catchIf(isTargetFailed, (error) => Effect.fail(staging.failure(error))),
    )

  const note = Effect.fnUntraced(function* (stream: string, row: Row, { outcome, why }: Had, isKnownToFail: boolean) {
    const named = `${stream}: the file of ${String(row["id"])}`
    switch (outcome.status) {
      case "transferred":
        inARow = 0
        counts.transferred++
        counts.bytes += outcome.file.bytes
        return
      case "missing":
        inARow = 0
        counts.missing++
        return yield* warn(`${named} is missing: ${why}. Its row says so.`)
      case "failed":
        counts.failed++
        if (outcome.isUntried) return
        yield* warn(
          `${named} could not be fetched (${why.replace(/\.$/, "")}). Its row says so, and the next sync asks for it again.`,
        )
        // What has failed before says nothing of the others: else some files that never come would be in the way of all behind them.
        if (!isKnownToFail && ++inARow >= MOST_FAILURES)
          yield* giveUp(stream, `The last ${MOST_FAILURES} have all failed.`)
        return
      default:
    }
  })

  return Files.of({
    limits,
    atOnce,
    counts,
    remove: staging.remove,
    fetch: (stream, row, isKnownToFail) =>
      turns.withPermits(1)(
        Effect.gen(function* () {
          const had = givenUp
            ? UNTRIED
            : yield* attempt(stream, row).pipe(Effect.catchIf(isOfApi, (error) => ofApi(stream, error)))
          yield* note(stream, row, had, isKnownToFail)
          return had.outcome
        }),
      ),
  })
})
