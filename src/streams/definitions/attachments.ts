/**
 * Attachments of pages, blog posts and custom content: what is known of the files; and, where the destination takes them, the files
 * themselves. Current and archived ones, which is what the list gives where no status is asked for.
 */
import { Effect } from "effect"
import type { List } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { pathBelow, withContainer } from "../../site/containers.ts"
import { readHanging, walkContents } from "../../sync/byContent.ts"
import { byCreation } from "../../sync/Course.ts"
import { DOWNLOAD } from "../../sync/Files.ts"
import { askAgain, goneWithContainer, type Hanging } from "../../sync/goneWithContainer.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { walkList } from "../../sync/walkList.ts"
import { newestFirst } from "../kinds/lists.ts"
import { siteList } from "../kinds/siteList.ts"
import { accountsIn, withTimes } from "../rowFacts.ts"

const PATH = "/wiki/api/v2/attachments"
const LISTED: Endpoint = { path: PATH, scopes: [["read:attachment:confluence"]] }
/** What can have attachments. */
const HOLDERS = ["/wiki/api/v2/pages", "/wiki/api/v2/blogposts", "/wiki/api/v2/custom-content"]
const SCOPE = scopeNames(LISTED)
const LIST = { path: PATH, scope: SCOPE, stream: "attachments" }

const listOf = (path: string): List => ({ ...LIST, path, query: [], paging: "cursor", limit: 250 })

const row = (each: Parameters<typeof withTimes>[0]) => withContainer(withTimes(each))

const whole = siteList({
  name: "attachments",
  primaryKey: ["id"],
  endpoint: LISTED,
  sort: { front: "created-date", back: "-created-date", key: byCreation },
  row,
  accountsIn,
  filteredAs: "container",
  idPrefix: "att",
})

const hanging: Hanging = {
  scope: SCOPE,
  body: [],
  singles: [{ path: PATH, row: (each) => Effect.succeed(row(each)), beside: (each) => pathBelow(each, "attachments") }],
  relist: whole.read,
  trash: { ...LIST, query: [["status", "trashed"]], paging: "cursor", limit: 250 },
}

export const attachments: StreamDefinition = {
  ...whole,
  isFileBased: true,
  syncModes: ["full_refresh", "incremental"],
  endpoints: [
    ...[PATH, `${PATH}/{id}`, ...HOLDERS.map((holder) => `${holder}/{id}/attachments`)].map((path) => ({
      scopes: LISTED.scopes,
      path,
    })),
    DOWNLOAD,
  ],
  probes: [...whole.probes, { endpoint: DOWNLOAD, nothing: "0", without: "its files cannot be fetched" }],
  read: (pass) =>
    readHanging(
      pass,
      { type: "attachment", lists: [{ ...listOf(PATH), query: [["sort", "created-date"]] }], perContent: 1, atMost: 1 },
      whole.read(pass),
      (contents) =>
        walkContents(pass, "the attachments", contents, (content) =>
          walkList(pass, {
            id: content.id,
            list: listOf(`${content.path}/attachments`),
            oftenEmpty: true,
            keeps: () => false,
            row: (each) => withContainer(withTimes(each), content),
          }),
        ),
    ),
  changes: {
    newest: () => Effect.succeed([{ id: "newest", list: newestFirst({ ...LIST, query: [] }), row }]),
    gone: (run, ids) => goneWithContainer(run, ids, hanging),
    // Only files are ever lost. Where nobody wants them any more, they are left.
    again: (run, ids) => (run.files === undefined ? Effect.void : askAgain(run, ids, hanging)),
  },
}
