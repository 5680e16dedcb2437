/** Reads what carries labels label by label: a list of pages, one of blog posts and one of attachments for each. */
import { Effect } from "effect"
import { eachPage } from "../../confluence/Listing.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { idOf } from "../../sync/LookUp.ts"
import { walkParents } from "../../sync/parents.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { LiveContainers } from "../LiveContainers.ts"
import { takeCarriers } from "./labelled.ts"
import { carriersOf, type Label, type Labelled, type SiteLabels, listOf, MANY_TOLD, siteLabels } from "./lists.ts"
import type { SpaceGroups } from "./spaceGroups.ts"

type Reading = Effect.Effect<void, ReadFailure, ReadServices>

/** Reads one list of one label. A list that is refused may name a space that has gone away: then it is read without that. */
const readList = (pass: Pass, live: LiveContainers, { several }: SpaceGroups, kind: Labelled, label: Label) => {
  const { name } = pass.run.facts
  const read = (spaces: ReadonlyArray<string> | undefined): Reading =>
    eachPage(
      listOf(carriersOf(kind), label.id, name, spaces === undefined ? [] : several.query("space-id", spaces)),
      (rows) => takeCarriers(pass, live, kind, label, rows),
      MANY_TOLD,
    )
  return (spaces: ReadonlyArray<string> | undefined): Reading =>
    read(spaces).pipe(
      Effect.catchIf(
        (error) => error._tag === "NotFound" || error._tag === "BadRequest" || error._tag === "Forbidden",
        (error) =>
          Effect.gen(function* () {
            if (spaces === undefined) return yield* error
            const there = new Set((yield* SiteDirectory.use(({ spacesNow }) => spacesNow)).map(idOf))
            const left = spaces.filter((id) => there.has(id))
            if (left.length === spaces.length) return yield* error
            if (left.length > 0) yield* read(left)
          }),
      ),
    )
}

/** Reads what carries each label, of these kinds. */
export const readByLabel = Effect.fnUntraced(function* (
  pass: Pass,
  kinds: ReadonlyArray<Labelled>,
  { labels, unasked }: SiteLabels,
  spaces: SpaceGroups,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const live = new LiveContainers(pass.run.facts.name, "gone")
  yield* walkParents(pass, {
    kind: "labels",
    what: "the content",
    parents: labels,
    unasked: [...unasked, ...spaces.unasked],
    read: (label) =>
      Effect.forEach(
        kinds.flatMap((kind) => {
          const groups = kind === "attachment" ? [undefined] : spaces.groups[kind]
          return groups.map((group) => readList(pass, live, spaces, kind, label)(group))
        }),
        (list) => list,
        { concurrency: "unbounded", discard: true },
      ),
    stillThere: () => Effect.map(siteLabels(pass.run.facts.name), ({ labels: now }) => new Set(now.map(idOf))),
  })
})
