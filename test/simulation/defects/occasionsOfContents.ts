/** Occasions for the defects of what hangs on many things. */
import { TREE_STREAMS } from "../../support/knowableTree.ts"
import { before, CALM, HOUR, many, type Occasions } from "./Occasion.ts"

/** Each content is asked: there are few. */
const few = { pages: 30, spaces: 4, blogPosts: 4, footerComments: 8, inlineComments: 5, attachments: 6 } as const

export const occasionsOfContents: Occasions = {
  "a log is gone on with without a lookback": {
    streams: ["audit_log"],
    config: { lookback_minutes: 10 },
    site: { settings: { quirks: { auditLog: "there" } } },
    round: (round, _index, _history, chance) => ({
      ...round,
      ...CALM,
      pauseMs: HOUR,
      changes: many(chance, 8, "write an audit record late"),
    }),
  },
  "a list that is often empty ends with its first page": {
    streams: ["content_labels"],
    site: { settings: { maxPageSize: 3 } },
    round: (round) => ({ ...round, ...CALM }),
  },
  "what is in the trash carries labels": {
    streams: ["content_labels"],
    site: { settings: { quirks: { trashedInLabelLists: true } } },
    round: before("trash", "trash", "trash"),
  },
  "what the search does not show is not known by what lies below it": {
    streams: TREE_STREAMS,
    site: { settings: { searchLagMs: HOUR } },
    round: before("create a tree item", "create a page below a tree item", "create a page below a tree item"),
  },
  "what contents have stays when they are gone": {
    streams: ["content_properties"],
    config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
    site: few,
    round: before("trash", "trash", "trash"),
  },
  "a content that is being asked counts as asked": {
    syncMode: "full_refresh",
    streams: ["likes"],
    config: { num_workers: 3 },
    site: few,
    round: (round, _index, _history, chance) => ({
      ...round,
      ...CALM,
      newJob: false,
      meanwhile: [],
      changes: [],
      cut: { how: "terminate", afterLines: chance.between(8, 60) },
    }),
  },
}
