/** Occasions for the defects of what a sync learns of changes. */
import { ENDPOINTS } from "../drawnFaults.ts"
import type { IncrementalStream } from "../moments.ts"
import { before, CALM, changes, HOUR, many, MINUTE, type Occasions } from "./Occasion.ts"

export const occasionsOfChanges: Occasions = {
  "the newest change is dated by the clock of this machine": {
    config: { reconcile_interval_hours: -1, lookback_minutes: 0 },
    site: { settings: { clockSkewMs: -5 * HOUR } },
    round: (round) => ({ ...round, ...CALM }),
  },
  "changes are followed from the end of the first scan": {
    config: { reconcile_interval_hours: -1, lookback_minutes: 0, num_workers: 1 },
    site: { latencyMs: 100, settings: { maxPageSize: 5 } },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      meanwhile:
        index > 0
          ? []
          : Array.from({ length: 20 }, (_, each) => ({ afterRequests: each * 3, changes: many(chance, 2, "edit") })),
    }),
  },
  "changes are followed without a lookback": {
    config: { reconcile_interval_hours: -1, lookback_minutes: 10 },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      settings: { clockSkewMs: -2 * MINUTE * index },
      pauseMs: 1000,
      changes: many(chance, 4, "edit"),
    }),
  },
  "a row that is dated ahead hides all changes until then": {
    config: { reconcile_interval_hours: -1 },
    round: before("edit with a date ahead", "edit", "edit"),
  },
  "the list of newest changes is left after its first page": {
    config: { reconcile_interval_hours: -1 },
    site: { settings: { maxPageSize: 5 } },
    round: (round, _index, _, chance) => ({ ...round, ...CALM, changes: many(chance, 20, "edit") }),
  },
  "changedAt of a change without a version goes back to the version's time": {
    config: { reconcile_interval_hours: 0 },
  },
  "changedAt goes back with the site's clock": {
    config: { reconcile_interval_hours: 0 },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      settings: { clockSkewMs: -index * HOUR },
      pauseMs: 1000,
      // The same page each time.
      changes: [{ kind: "move", draw: 1 }, ...changes(chance, "move")],
    }),
  },
  "rows of another body format are not read anew": {
    round: (round, index) => ({
      ...round,
      ...CALM,
      config: { body_format: index % 2 === 0 ? "storage" : "atlas_doc_format" },
    }),
  },
  "a body that was withheld is never sent": {
    config: { body_format: "storage" },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [],
      changes: many(chance, 6, index % 2 === 0 ? "poison" : "heal"),
    }),
  },
  "a tombstone follows the record of the same sync": {
    config: { reconcile_interval_hours: 0 },
    site: { settings: { maxPageSize: 5 } },
    round: (round, _index, _, chance) => ({
      ...round,
      ...CALM,
      changes: many(chance, 12, "edit"),
      meanwhile: [10, 20, 30, 40].map((afterRequests) => ({ afterRequests, changes: many(chance, 5, "trash") })),
    }),
  },
  "the digest of a row leaves its parent out": { config: { reconcile_interval_hours: 0 }, round: before("move") },
  "any number of missing rows is believed": {
    config: { reconcile_interval_hours: 0, max_deletion_percent: 10 },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [],
      changes: index === 1 ? changes(chance, "hide many spaces") : round.changes,
    }),
  },
  // The lists of spaces are refused from their middle on, and what has come back to the site is in the part that was not read.
  "what a refused list would have shown is taken for gone": {
    config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
    site: { settings: { maxPageSize: 10 } },
    round: (round, index, { streams }, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [],
      changes: changes(chance, "restore", "reveal", "restore", "reveal", "reveal a space"),
      faults:
        index === 0
          ? []
          : [
              {
                kind: "status",
                status: 403,
                path: ENDPOINTS[streams[0] as IncrementalStream][0]!,
                query: "space-id",
                after: chance.between(1, 4),
              },
            ],
    }),
  },
  "missing rows are deleted without being asked for": { config: { reconcile_interval_hours: 0 } },
  "the last rows that differ are not fetched": {
    config: { reconcile_interval_hours: 0 },
    round: before("move", "archive"),
  },
  "a scan that was cut off is not compared": {
    config: { reconcile_interval_hours: -1 },
    round: (round, index, { site }, chance) => ({
      ...round,
      faults: [],
      cut: index === 0 ? { how: "terminate", afterLines: chance.between(20, site.pages!) } : undefined,
    }),
  },
  "what is in the trash counts as purged": { config: { reconcile_interval_hours: 0 }, round: before("trash", "trash") },
  // All that is in the trash comes back at once, between one of the first requests of a comparison and the next one.
  "what came back while it was looked for is deleted": {
    streams: ["pages"],
    config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
    site: { settings: { maxPageSize: 0, quirks: { trashListed: true } } },
    round: (round, _index, _history, chance) => ({
      ...round,
      ...CALM,
      changes: many(chance, 6, "trash"),
      meanwhile: [{ afterRequests: chance.between(6, 24), changes: many(chance, 12, "restore") }],
    }),
  },
  "an attachment in the trash is not said to be there": {
    config: { reconcile_interval_hours: 0 },
    round: before("trash an attachment", "trash an attachment"),
  },
  "what is answered by its id stays, whatever the lists show": {
    config: { reconcile_interval_hours: 0 },
    site: { settings: { quirks: { hangingListedInTrash: false } } },
    round: before("trash", "trash", "restrict", "restrict"),
  },
  "rows in archived spaces are not found by their ids": {
    config: { reconcile_interval_hours: 0 },
    site: { settings: { quirks: { contentOfArchivedSpaces: false } } },
    round: before("rename", "move", "archive a space"),
  },
  "containers in archived spaces count as current": {
    config: { reconcile_interval_hours: 0 },
    site: { settings: { quirks: { hangingListedInArchives: false } } },
    round: before("archive a space", "archive"),
  },
  "a row found by its id is sent without its body, and nothing says so": {
    config: { body_format: "storage", reconcile_interval_hours: 0 },
    site: { settings: { quirks: { poisonAnswer: "500" } } },
    round: before("move", "move", "poison", "poison", "poison"),
  },
  "bodies that were withheld are asked for by reconciliations alone": {
    config: { body_format: "storage", reconcile_interval_hours: -1 },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [],
      changes: many(chance, 6, index % 2 === 0 ? "poison" : "heal"),
    }),
  },
  "a comparison takes a row without its body for whole": {
    config: { body_format: "storage", reconcile_interval_hours: 0 },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [],
      changes: many(chance, 6, index % 2 === 0 ? "poison" : "heal"),
    }),
  },
}
