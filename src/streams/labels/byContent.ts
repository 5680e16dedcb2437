/** Reads labels content by content, and file by file: where filters let in so little that this takes fewer requests than label by label. */
import { Effect } from "effect"
import { type Row, eachPage } from "../../confluence/Listing.ts"
import type { Endpoint } from "../../confluence/scopes.ts"
import { type ContentParent, stillThere, walkContents } from "../../sync/byContent.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { lookAt } from "../../sync/lookAt.ts"
import { idOf } from "../../sync/LookUp.ts"
import { readEach } from "../../sync/parents.ts"
import { type Pass, takeAsGiven } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { type Labelled, MANY, MANY_TOLD, labelsOf, listOf, rowOf } from "./lists.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const FILE = { path: "/wiki/api/v2/attachments", scope: "read:attachment:confluence" } as const
/** Files of one content that are asked for at once. */
const AT_ONCE = 5

const takeLabels = (pass: Pass, kind: Labelled, contentId: string) => (rows: ReadonlyArray<Row>) =>
  takeAsGiven(
    pass,
    rows.map(({ id, name, prefix }) => rowOf(kind, contentId, id, { name, prefix })),
  )

/** Reads what each of these pages and blog posts carries. */
export const readContents = (pass: Pass, contents: ReadonlyArray<ContentParent>): Reading<void> =>
  walkContents(pass, "the labels", contents, ({ id, containerType }) => {
    const kind = containerType === "page" ? "page" : "blogpost"
    return eachPage(listOf(labelsOf(kind), id, pass.run.facts.name), takeLabels(pass, kind, id), MANY_TOLD)
  })

const FILES: Readonly<Record<string, Endpoint>> = {
  page: { path: "/wiki/api/v2/pages/{id}/attachments", scopes: [["read:attachment:confluence"]] },
  blogpost: { path: "/wiki/api/v2/blogposts/{id}/attachments", scopes: [["read:attachment:confluence"]] },
}

/** The ids of the files that hang on a content. */
const filesOf = Effect.fnUntraced(function* (stream: string, { id, containerType }: ContentParent) {
  const ids = new Set<string>()
  yield* eachPage(
    listOf(FILES[containerType]!, id, stream),
    (rows) => Effect.sync(() => rows.forEach((row) => ids.add(idOf(row)))),
    MANY,
  )
  return [...ids]
})

/** Files by the ids of the contents that they hang on. */
export type FilesOn = ReadonlyMap<string, ReadonlyArray<string>>

/** The files that hang on these contents. What cannot be listed is not among them: to be asked for once more. */
export const listFiles = Effect.fnUntraced(function* (
  stream: string,
  contents: ReadonlyArray<ContentParent>,
): Effect.fn.Return<FilesOn, ReadFailure, ReadServices> {
  const files = new Map<string, ReadonlyArray<string>>()
  yield* readEach(contents, {
    read: (content) => Effect.map(filesOf(stream, content), (ids) => void files.set(content.id, ids)),
    stillThere: (some) => stillThere(stream, some),
  })
  return files
})

/**
 * Doubt: whether the list of a file's labels takes the file's id with `att`, which all others take; the document has numbers there. The number
 * is tried first, until one of them has been taken.
 */
const askFile = (pass: Pass) => {
  const stream = pass.run.facts.name
  let takes: "number" | "whole id" = "number"
  const read = (id: string, form: typeof takes) =>
    eachPage(
      listOf(labelsOf("attachment"), form === "number" ? id.replace(/^att/, "") : id, stream),
      takeLabels(pass, "attachment", id),
      MANY_TOLD,
    )
  return (id: string): Reading<void> =>
    Effect.suspend(() => {
      const [first, other] = takes === "number" ? (["number", "whole id"] as const) : (["whole id", "number"] as const)
      return read(id, first).pipe(
        Effect.catchIf(
          (error) => error._tag === "BadRequest" || error._tag === "NotFound",
          () => Effect.map(read(id, other), () => void (takes = other)),
        ),
        Effect.catchTag("NotFound", (error) =>
          // A file that has gone since carries nothing.
          Effect.flatMap(lookAt({ ...FILE, stream }, id, []), (found) =>
            found === undefined ? Effect.void : Effect.fail(error),
          ),
        ),
      )
    })
}

/** Reads what the files carry that hang on these contents. */
export const readFiles = (pass: Pass, contents: ReadonlyArray<ContentParent>, files: FilesOn): Reading<void> => {
  const ask = askFile(pass)
  return walkContents(pass, "the labels of the files", contents, (content) =>
    Effect.gen(function* () {
      const ids = files.get(content.id) ?? (yield* filesOf(pass.run.facts.name, content))
      yield* Effect.forEach(ids, ask, { concurrency: AT_ONCE, discard: true })
    }),
  )
}
