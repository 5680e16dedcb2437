/** What histories draw of the streams that ask each content for what it has. */
import { CHILD_QUIRKS } from "../../src/sample-site/quirks.ts"
import { TREE_STREAMS } from "../support/knowableTree.ts"
import type { Later } from "./laterDraws.ts"

const OF_CUSTOM_CONTENT = { "trash custom content": 0.3, "restore custom content": 0.3, "purge custom content": 0.2 }

const OF_THE_TREE = {
  "set a property of a tree item": 2,
  "remove a property of a tree item": 1,
  "create a tree item": 0.3,
  "trash a tree item": 0.5,
  "restore a tree item": 0.3,
  "purge a tree item": 0.2,
  "archive a tree item": 0.3,
  "unarchive a tree item": 0.2,
  "restrict a tree item": 0.2,
  "reveal a tree item": 0.2,
  "move a tree item": 0.3,
  "move a tree item to another space": 0.2,
}

const PROPERTIES_IN_TREE = TREE_STREAMS.map((stream) => `/wiki/api/v2/${stream}/*/properties`)

export const LATER_OF_CONTENT: ReadonlyArray<Later> = [
  {
    streams: ["likes"],
    share: 0.1,
    namesAccounts: true,
    changes: { like: 2, "take all likes back": 1 },
    endpoints: ["/wiki/api/v2/pages/*/likes/users", "/wiki/api/v2/footer-comments/*/likes/users"],
    listsOfOne: ["/wiki/api/v2/pages/*/likes/users"],
    quirks: (chance) => ({ childrenOfTrashed: chance.of(CHILD_QUIRKS.childrenOfTrashed) }),
  },
  {
    streams: ["content_views"],
    share: 0.08,
    changes: { "view a page": 2, "a new viewer": 1 },
    // That all views answer 404 is how a plan without them says so.
    endpoints: ["/wiki/rest/api/analytics/content/*/viewers"],
    listsOfOne: ["/wiki/rest/api/analytics/content/*/viewers"],
    quirks: (chance) => ({ analytics: chance.of(["there", "there", "there", "404", "501"] as const) }),
  },
  {
    streams: ["content_properties"],
    share: 0.12,
    changes: { "set a property": 3, "remove a property": 2, ...OF_CUSTOM_CONTENT, ...OF_THE_TREE },
    endpoints: [
      "/wiki/api/v2/pages/*/properties",
      "/wiki/api/v2/comments/*/properties",
      "/wiki/api/v2/custom-content/*/properties",
      ...PROPERTIES_IN_TREE,
    ],
    listsOfOne: ["/wiki/api/v2/pages/*/properties", ...PROPERTIES_IN_TREE],
    quirks: (chance) => ({
      childrenOfTrashed: chance.of(CHILD_QUIRKS.childrenOfTrashed),
      archivedInSearch: chance.happens(0.3),
      hiddenAncestors: chance.happens(0.6),
    }),
  },
  {
    streams: ["content_versions"],
    share: 0.12,
    changes: { "delete a version": 1, "edit custom content": 0.5, ...OF_CUSTOM_CONTENT },
    endpoints: [
      "/wiki/api/v2/pages/*/versions",
      "/wiki/api/v2/attachments/*/versions",
      "/wiki/api/v2/custom-content/*/versions",
    ],
    listsOfOne: ["/wiki/api/v2/pages/*/versions"],
    quirks: (chance) => ({ childrenOfTrashed: chance.of(CHILD_QUIRKS.childrenOfTrashed) }),
  },
]
