/** Footer and inline comments with their replies at every depth, on pages, blog posts and what else can be commented on. */
import { Effect } from "effect"
import type { Endpoint } from "../../confluence/scopes.ts"
import { askAgain, goneWithContainer } from "../../sync/goneWithContainer.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { KINDS, type Kind, SCOPE } from "../commentContainers.ts"
import { hanging, kinds, newest } from "../commentLists.ts"
import { read } from "../commentsByContent.ts"
import { ONE_ROW } from "../kinds/lists.ts"
import { accountsIn } from "../rowFacts.ts"

/** The lists of what can have comments. */
const HOLDERS = [
  "pages/{id}/footer-comments",
  "pages/{id}/inline-comments",
  "blogposts/{id}/footer-comments",
  "blogposts/{id}/inline-comments",
  "attachments/{id}/footer-comments",
  "custom-content/{id}/footer-comments",
]

const endpointOf = (kind: Kind, below = ""): Endpoint => ({ path: `${KINDS[kind]}${below}`, scopes: [[SCOPE]] })

export const comments: StreamDefinition = {
  name: "comments",
  primaryKey: ["id"],
  syncModes: ["full_refresh", "incremental"],
  endpoints: [
    ...["", "/{id}/children", "/{comment-id}"].flatMap((below) => kinds.map((kind) => endpointOf(kind, below))),
    ...HOLDERS.map((path): Endpoint => ({ path: `/wiki/api/v2/${path}`, scopes: [[SCOPE]] })),
  ],
  probes: kinds.map((kind) => ({ endpoint: endpointOf(kind), query: [ONE_ROW] })),
  accountsIn,
  filteredAs: "container",
  changes: {
    newest,
    again: (run, ids) => Effect.flatMap(hanging(run), (how) => askAgain(run, ids, how)),
    gone: (run, ids) => Effect.flatMap(hanging(run), (how) => goneWithContainer(run, ids, how)),
  },
  read,
}
