/**
 * Reads comments content by content, where filters let in so little that this takes fewer requests than the lists of the site.
 *
 * The lists of a content have its own comments alone, so that each is asked for its replies, and each attachment for its comments. They
 * do not say who resolved an inline comment, so that each of these is looked at by its id.
 */
import { Effect } from "effect"
import { type Query, type Row, eachPage } from "../confluence/Listing.ts"
import { type Container, withContainer } from "../site/containers.ts"
import { type ContentParent, readHanging, stillThere } from "../sync/byContent.ts"
import type { ReadFailure } from "../sync/failures.ts"
import { lookAt } from "../sync/lookAt.ts"
import { idOf } from "../sync/LookUp.ts"
import { withoutBody } from "../sync/lostBodies.ts"
import { type Parent, readEach } from "../sync/parents.ts"
import type { Pass } from "../sync/Pass.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { walkList } from "../sync/walkList.ts"
import { Containers, KINDS, SCOPE, shaped } from "./commentContainers.ts"
import { commentsOfSite, kinds, listBelow, readReplies, readSite, unlessNone } from "./commentLists.ts"
import { looksFor } from "./commentLooks.ts"
import { bodyQuery } from "./kinds/lists.ts"

/** An inline comment as the list of its content shows it: without who resolved it, and when. */
interface InlineRoot extends Parent {
  readonly row: Row
}

/** What content by content has found so far: comments and attachments that are yet to be asked for what hangs on them. */
interface Found {
  readonly footer: Array<string>
  readonly inline: Array<InlineRoot>
  readonly files: Array<string>
}

/** The footer comments that a list of their container shows. */
const readOwn = (pass: Pass, body: Query, path: string, container: Container, found: Array<string>) =>
  walkList(pass, {
    id: path,
    list: listBelow(path, body),
    ...looksFor("footer", body),
    oftenEmpty: true,
    keeps: () => false,
    row: (row) => withContainer(shaped("footer", row), container),
    onRows: (rows) => Effect.sync(() => void found.push(...rows.map(idOf))),
  })

/** What hangs on one content: its footer comments as rows, its inline comments and attachments for what is still to be asked. */
const readOne = Effect.fnUntraced(function* (
  pass: Pass,
  body: Query,
  content: ContentParent,
  { footer, inline, files }: Found,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  yield* readOwn(pass, body, `${content.path}/footer-comments`, content, footer)
  yield* eachPage(listBelow(`${content.path}/inline-comments`, []), (rows) =>
    Effect.sync(() => {
      for (const row of rows) {
        const id = idOf(row)
        inline.push({ id, name: `the inline comment ${id}`, row: withContainer(shaped("inline", row), content) })
      }
    }),
  )
  const noteFiles = (rows: ReadonlyArray<Row>) => Effect.sync(() => void files.push(...rows.map(idOf)))
  yield* eachPage(listBelow(`${content.path}/attachments`, [], "read:attachment:confluence"), noteFiles)
})

/** Sends an inline comment as it is by its id; where no look finds it, as its content's list has it. */
const sendInline = Effect.fnUntraced(function* (pass: Pass, body: Query, { id, row }: InlineRoot) {
  const found = yield* lookAt({ path: KINDS.inline, scope: SCOPE, stream: "comments" }, id, body)
  const listed = body.length === 0 ? row : withoutBody(row)
  const whole = found === undefined ? listed : shaped("inline", found)
  yield* pass.take(pass.run.sound([whole]), () => {})
})

/**
 * Content by content. Each comment and each attachment that is found takes a request more, for its replies and its comments: where these
 * are more than the site's lists take, those are read after all.
 */
const readContents = Effect.fnUntraced(function* (
  pass: Pass,
  body: Query,
  contents: ReadonlyArray<ContentParent>,
  requestsOfSite: number,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const found: Found = { footer: [], inline: [], files: [] }
  const missed = [
    ...(yield* readEach(contents, {
      read: (content) => readOne(pass, body, content, found),
      stillThere: (some) => stillThere("comments", some),
    })),
  ]
  const { footer, inline, files } = found
  // Its replies, and for an inline comment the look at it.
  if (footer.length + 2 * inline.length + files.length > requestsOfSite) return yield* readSite(pass, body)
  missed.push(
    ...(yield* readEach(
      files.map((id) => ({ id, name: `the attachment ${id}` })),
      {
        read: ({ id }) => {
          const path = `/wiki/api/v2/attachments/${encodeURIComponent(id)}/footer-comments`
          return readOwn(pass, body, path, { containerType: "attachment", containerId: id }, footer)
        },
        // Its own list has shown it a moment ago; one that has gone since has no comments.
        stillThere: () => Effect.succeed(new Set<string>()),
      },
    )),
  )
  missed.push(
    ...(yield* readEach(inline, {
      read: (root) => sendInline(pass, body, root),
      stillThere: () => Effect.succeed(new Set<string>()),
    })),
    ...(yield* readReplies(pass, "footer", body, new Containers("footer"), footer)),
    ...(yield* readReplies(pass, "inline", body, new Containers("inline"), inline.map(idOf))),
  )
  yield* unlessNone(missed)
})

/** Requests that a content takes at first, for its comments of both kinds and its attachments. */
const PER_CONTENT = 3
/** They may turn out to be in vain. */
const AT_MOST = 0.25

export const read = Effect.fnUntraced(function* (pass: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const body = yield* bodyQuery(pass)
  const lists = kinds.map((kind) => commentsOfSite(kind, body))
  const hangingLists = { type: "comment", lists, perContent: PER_CONTENT, atMost: AT_MOST } as const
  yield* readHanging(pass, hangingLists, readSite(pass, body), (contents, site) =>
    readContents(pass, body, contents, site),
  )
})
