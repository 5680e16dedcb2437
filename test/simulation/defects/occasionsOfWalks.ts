/** Occasions for the defects of how lists are read. */
import { generatedGroupId } from "../../../src/sample-site/people.ts"
import { ENDPOINTS, membersPath } from "../drawnFaults.ts"
import type { IncrementalStream } from "../moments.ts"
import { CALM, changes, many, type Occasions } from "./Occasion.ts"

export const occasionsOfWalks: Occasions = {
  "an empty answer is believed at once": {
    config: { reconcile_interval_hours: -1 },
    round: (round, index, { streams }, chance) => ({
      ...round,
      ...CALM,
      faults:
        index > 0
          ? []
          : [
              {
                kind: "empty-list",
                path: ENDPOINTS[streams[0] as IncrementalStream][0]!,
                after: chance.between(0, 3),
                times: 1,
              },
            ],
    }),
  },
  "a list that leads back to itself is walked forever": {
    site: { settings: { maxPageSize: 5 } },
    round: (round, index, { streams }) => ({
      ...round,
      ...CALM,
      faults:
        index > 0 ? [] : [{ kind: "repeated-cursor", path: ENDPOINTS[streams[0] as IncrementalStream][0]!, after: 2 }],
    }),
  },
  "a page is walked over whose body cannot be had, and nothing says so": {
    config: { body_format: "storage" },
    site: { settings: { quirks: { poisonAnswer: "500", cursorBindsLimit: false, cursorBindsBody: false } } },
    round: (round, _index, _, chance) => ({ ...round, ...CALM, changes: many(chance, 5, "poison") }),
  },
  "a group of spaces that cannot be read is passed over in silence": {
    site: { settings: { maxPageSize: 10 } },
    round: (round, _index, { streams }, chance) => ({
      ...round,
      ...CALM,
      faults: [
        {
          kind: "status",
          status: 500,
          path: ENDPOINTS[streams[0] as IncrementalStream][0]!,
          query: "space-id",
          after: chance.between(1, 4),
        },
      ],
    }),
  },
  "a space that was archived while it was read is not noticed": {
    config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
    site: { settings: { maxPageSize: 5, quirks: { contentOfArchivedSpaces: false } } },
    round: (round, _index, _, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [10, 20, 30, 40].map((afterRequests) => ({
        afterRequests,
        changes: changes(chance, "archive a space"),
      })),
    }),
  },
  "a group that answers 404 for a moment is taken for gone": {
    streams: ["group_members"],
    round: (round, _index, _, chance) => ({
      ...round,
      ...CALM,
      faults: [{ kind: "status", status: 404, path: membersPath("*"), after: chance.between(0, 3), times: 1 }],
    }),
  },
  "parents that failed are not asked for again": {
    syncMode: "full_refresh",
    streams: ["group_members"],
    round: (round, index, { site }, chance) => ({
      ...round,
      ...CALM,
      newJob: false,
      changes: [],
      meanwhile: [],
      faults:
        index > 0
          ? []
          : [
              {
                kind: "status",
                status: 400,
                path: membersPath(generatedGroupId(site.seed!, chance.between(0, site.groups! - 1))),
              },
            ],
    }),
  },
  "a cursor out of a state is not begun anew where the site answers 404 to it": {
    site: { settings: { maxPageSize: 5, quirks: { oldCursors: "404" } } },
    round: (round, _index, { site }, chance) => ({
      ...round,
      ...CALM,
      cut: { how: "terminate", afterLines: chance.between(40, 2 * site.pages!) },
    }),
  },
  "replies are not asked for where lists have none": {
    site: { settings: { quirks: { repliesInCommentLists: false } } },
    round: (round) => ({ ...round, ...CALM }),
  },
  "a group that was hidden for a moment is not asked for again": {
    streams: ["group_members"],
    round: (round, _index, _, chance) => ({
      ...round,
      ...CALM,
      faults: [{ kind: "status", status: 404, path: membersPath("*"), after: chance.between(0, 3), times: 1 }],
    }),
  },
}
