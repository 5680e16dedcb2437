/**
 * `spaces`: the spaces that the account sees, and which of them the config's filters let in. For a person who chooses filters:
 * a table, or with --json an array, on stdout; warnings on stderr.
 *
 * Confluence counts no pages of spaces. One look at the pages of the site tells what it can: of a site with up to 250 pages
 * how many each space has, of a larger one how many there are at least.
 */
import { Data, Effect } from "effect"
import { quotable } from "../authorize/AuthorizeFailed.ts"
import type { Invocation } from "../cli.ts"
import { isFatal } from "../confluence/errors.ts"
import { readPage } from "../confluence/Listing.ts"
import { scopeNames } from "../confluence/scopes.ts"
import type { FailureReport } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { makeScope } from "../site/Scope.ts"
import type { Space } from "../site/siteLists.ts"
import { unmatchedPatterns } from "../site/unmatchedPatterns.ts"
import { pages } from "../streams/definitions/pages.ts"
import { type CommandInput, readConfig, warnOfUnused } from "./CommandInput.ts"
import { connect } from "./connect.ts"
import { keptInFile } from "./keptInFile.ts"
import { reported, runCommand } from "./runProtocolCommand.ts"
import { siteSpaces } from "./siteSpaces.ts"

/** Most rows that a list of Confluence's v2 API answers at once. */
const ONE_ANSWER = 250

interface Counted {
  readonly bySpace: ReadonlyMap<string, number>
  /** There is no page beyond these. */
  readonly isAll: boolean
}

const NOT_COUNTED: Counted = { bySpace: new Map(), isAll: false }

const countPages = Effect.gen(function* () {
  const reporter = yield* Reporter
  const [endpoint] = pages.endpoints
  const list = { path: endpoint!.path, query: [], paging: "cursor", limit: ONE_ANSWER, stream: "pages" } as const
  const page = yield* Effect.result(readPage({ ...list, scope: scopeNames(endpoint!) }, undefined, ONE_ANSWER))
  if (page._tag === "Failure") {
    if (isFatal(page.failure)) return yield* page.failure
    yield* reporter.log("WARN", `The pages are not counted. ${page.failure.message}`)
    return NOT_COUNTED
  }
  const bySpace = new Map<string, number>()
  for (const row of page.success.rows) {
    const id = String(row["spaceId"])
    bySpace.set(id, (bySpace.get(id) ?? 0) + 1)
  }
  return { bySpace, isAll: page.success.next === undefined }
})

/** A space as it is shown. */
interface Shown extends Space {
  /** How many pages it has; null where one answer does not tell. */
  readonly pages: number | null
  readonly pagesAtLeast: number
  /** The filters let it in. */
  readonly included: boolean
}

const shownOf = (space: Space, counted: Counted, included: boolean): Shown => {
  const found = counted.bySpace.get(space.id) ?? 0
  // Doubt: whether the list of the whole site holds the pages of archived spaces. Where it shows none, it may leave them out.
  const isTold = counted.isAll && (found > 0 || space.status !== "archived")
  return { ...space, pages: isTold ? found : null, pagesAtLeast: found, included }
}

const HEADINGS = ["READ", "KEY", "TYPE", "STATUS", "PAGES", "NAME"] as const
/** Numbers stand at the right. */
const NUMBERS: ReadonlySet<string> = new Set(["PAGES"])

/** The name comes last: it is of any length, and of letters of any width. */
const tableOf = (shown: ReadonlyArray<Shown>): string => {
  const cells = shown.map(({ included, key, type, status, pages: exact, pagesAtLeast, name }) => [
    included ? "yes" : "no",
    quotable(key),
    type ?? "",
    status ?? "",
    exact === null ? (pagesAtLeast === 0 ? "" : `${pagesAtLeast}+`) : String(exact),
    quotable(name),
  ])
  const widths = HEADINGS.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]!.length)))
  return [HEADINGS, ...cells]
    .map((row) =>
      row.map((cell, at) => (NUMBERS.has(HEADINGS[at]!) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))),
    )
    .map((row) => `${row.join("  ").trimEnd()}\n`)
    .join("")
}

class NoSpaces extends Data.TaggedError("NoSpaces")<FailureReport> {}

/** The command as a value; `asJson`: an array in the place of the table. */
const spaces = Effect.fnUntraced(function* (input: CommandInput, asJson: boolean) {
  const from = yield* readConfig(input)
  yield* warnOfUnused(from)
  const reporter = yield* Reporter
  const output = yield* Output
  const keep = from.config.credentials.auth_type === "oauth2.0" ? yield* keptInFile(input.files["config"]!) : undefined
  const { client } = yield* connect(from, input.redactor, { atOnce: true, keep })
  const [all, counted] = yield* Effect.all([siteSpaces, countPages], { concurrency: "unbounded" }).pipe(
    Effect.provide(client),
  )
  if (all.length === 0) {
    return yield* new NoSpaces({
      failureType: "config_error",
      message:
        "The account sees no space: give it, or one of its groups, the permission to view the spaces that are to be read.",
    })
  }
  const scope = makeScope(from.config.filters)
  for (const sentence of unmatchedPatterns(scope, all)) yield* reporter.log("WARN", sentence)
  const included = new Set(scope.spaces(all))
  if (included.size === 0) yield* reporter.log("WARN", "The filters let no space in.")
  const shown = all.map((space) => shownOf(space, counted, included.has(space)))
  yield* output.write(asJson ? `${JSON.stringify(shown, undefined, 2)}\n` : tableOf(shown))
  if (!asJson && shown.some((each) => each.pages === null && each.pagesAtLeast > 0)) {
    yield* reporter.log(
      "INFO",
      `Pages: 12+ stands for 12 or more. One answer of Confluence tells of ${ONE_ANSWER} pages, and the site has more.`,
    )
  }
  return 0
}, Effect.scoped)

export const runSpaces = ({ files, switches, debug }: Extract<Invocation, { kind: "run" }>): Promise<void> =>
  runCommand((input) => reported(spaces(input, switches.has("json"))), Reporter.toStderr, files, debug)
