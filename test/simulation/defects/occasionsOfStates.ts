/** Occasions for the defects of what is written. */
import { ENDPOINTS } from "../drawnFaults.ts"
import { WHOLE_STREAMS } from "../history.ts"
import { LATER } from "../laterDraws.ts"
import { INCREMENTAL_STREAMS, type IncrementalStream } from "../moments.ts"
import { before, CALM, many, type Occasions } from "./Occasion.ts"

/** Users, and all streams by whose rows it is known who they are; on a small site, because some of these ask each content. */
const ofUsers = {
  streams: [
    ...INCREMENTAL_STREAMS,
    ...WHOLE_STREAMS,
    ...LATER.flatMap(({ streams, namesAccounts }) => (namesAccounts === true ? streams : [])),
  ],
  site: { pages: 30, spaces: 4, blogPosts: 4, footerComments: 8, inlineComments: 5, attachments: 6, users: 60 },
} as const

export const occasionsOfStates: Occasions = {
  "a state is written before the records that it tells of": {
    site: { settings: { maxPageSize: 10 } },
    round: (round, _index, { site }, chance) => ({
      ...round,
      ...CALM,
      cut: { how: "kill", afterLines: chance.between(40, 2 * site.pages!) },
    }),
  },
  "a process that is ended writes no state": {
    round: (round, _index, _history, chance) => ({
      ...round,
      cut: { how: "terminate", afterLines: chance.between(20, 80) },
    }),
  },
  "a full refresh sends tombstones": {
    syncMode: "full_refresh",
    round: (round, index, { site }, chance) => ({
      ...round,
      ...CALM,
      newJob: false,
      changes: many(chance, 8, "trash"),
      cut: index % 2 === 0 ? { how: "terminate", afterLines: chance.between(site.pages!, 2 * site.pages!) } : undefined,
    }),
  },
  "another job's full refresh counts as this one's": {
    syncMode: "full_refresh",
    round: before("edit", "create a page"),
  },
  "whom the rows name is not told to the stream of users": ofUsers,
  "whom rows of earlier syncs name is taken for known": {
    ...ofUsers,
    round: (round, index, { site }, chance) => ({
      ...round,
      ...CALM,
      cut: index === 0 ? { how: "kill", afterLines: chance.between(site.pages!, 3 * site.pages!) } : undefined,
    }),
  },
  "rows without their key are sent": {
    round: (round, _index, { streams }, chance) => ({
      ...round,
      ...CALM,
      faults: [
        {
          kind: "odd-row",
          path: ENDPOINTS[streams[0] as IncrementalStream][0]!,
          field: "id",
          value: null,
          after: chance.between(0, 3),
          times: 3,
        },
      ],
    }),
  },
  "all rows are not listed again where no state tells whom they name": {
    ...ofUsers,
    config: { reconcile_interval_hours: -1 },
    round: (round) => ({ ...round, ...CALM, newJob: true }),
  },
  "rows are told apart by the first column of their key alone": { streams: ["group_members"] },
}
