/**
 * Reads which content carries which labels: label by label, or, under filters that let in little, content by content. Files choose for
 * themselves: what hangs on a content has to be listed before anybody knows how many there are.
 *
 * Content by content takes a request a content, and then never more than label by label would have: three lists for each label.
 */
import { Effect } from "effect"
import type { Missed } from "../../site/Accounts.ts"
import { type ContentParent, contentParents } from "../../sync/byContent.ts"
import { Contents } from "../../sync/Contents.ts"
import { type ReadFailure, partsUnread } from "../../sync/failures.ts"
import { type Pass, partsBelow } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import { listFiles, readContents, readFiles } from "./byContent.ts"
import { readByLabel } from "./byLabel.ts"
import { type SiteLabels, siteLabels } from "./lists.ts"
import { type SpaceGroups, spaceGroups } from "./spaceGroups.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** What fails of one part does not keep the others from being read. Answers what was missed. */
const apart = (read: Reading<void>): Reading<ReadonlyArray<Missed>> =>
  read.pipe(
    Effect.as([]),
    Effect.catchTag("PartsUnread", ({ missed }) => Effect.succeed(missed)),
  )

const NO_GROUPS: SpaceGroups["groups"] = { page: [], blogpost: [] }

/** Reads what the files of these contents carry: file by file, where they are fewer than the labels. */
const readFilesOf = Effect.fnUntraced(function* (
  pass: Pass,
  contents: ReadonlyArray<ContentParent>,
  all: SiteLabels,
  spaces: SpaceGroups,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const byLabel = apart(readByLabel(pass, ["attachment"], all, { ...spaces, groups: NO_GROUPS }))
  const isBegun = pass.parts.has("contents")
  if (!isBegun && (pass.parts.has("labels") || contents.length > all.labels.length)) return yield* byLabel
  const files = yield* listFiles(pass.run.facts.name, contents)
  const count = [...files.values()].reduce((sum, ids) => sum + ids.length, 0)
  if (!isBegun && count > all.labels.length) return yield* byLabel
  return yield* apart(readFiles(pass, contents, files))
})

export const readContentLabels = Effect.fnUntraced(function* (
  pass: Pass,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { name } = pass.run.facts
  const { scope } = yield* Settings
  yield* Contents.use((contents) => contents.prepare(name, "container"))
  const spaces = yield* spaceGroups(name)
  const lists = spaces.groups.page.length + spaces.groups.blogpost.length
  if (lists === 0 && spaces.unasked.length === 0) return
  const all = yield* siteLabels(name)
  const whole = readByLabel(pass, ["page", "blogpost", "attachment"], all, spaces)
  if (scope.isEverything) return yield* whole
  const contents = yield* contentParents
  const isBegun = pass.parts.has("contents")
  if (!isBegun && (pass.parts.has("labels") || contents.length >= lists * all.labels.length)) return yield* whole
  const missed = yield* apart(readContents(pass, contents))
  const ofFiles: Pass = { ...pass, parts: partsBelow(pass.parts, "files") }
  const unread = [...missed, ...(yield* readFilesOf(ofFiles, contents, all, spaces))]
  if (unread.length > 0) yield* partsUnread(name, `the labels of ${unread.length} contents, files or labels`, unread)
})
