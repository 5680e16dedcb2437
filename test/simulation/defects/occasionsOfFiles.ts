/** Occasions for the defects of files. */
import { CALM, many, type Occasions } from "./Occasion.ts"

const streams = ["attachments"] as const
const EVERY_FILE = { attachments: { max_file_size_mb: 100, media_types: [] } }

export const occasionsOfFiles: Occasions = {
  "rows go ahead of their files": { files: true, streams },
  "other limits of files change nothing of what is known": {
    files: true,
    streams,
    round: (round, index) => ({
      ...round,
      ...CALM,
      config: {
        ...(index % 2 === 0 ? { attachments: { max_file_size_mb: 0.001, media_types: [] } } : EVERY_FILE),
        reconcile_interval_hours: 24,
      },
    }),
  },
  "a file that failed is not asked for again": {
    files: true,
    streams,
    round: (round, index, _history, chance) => ({
      ...round,
      ...CALM,
      config: EVERY_FILE,
      changes: many(chance, 3, "attach"),
      faults: index === 0 ? [{ kind: "status", status: 500, path: "/file/*", times: 60 }] : [],
    }),
  },
  "a file of another length is handed over": {
    files: true,
    streams,
    site: { settings: { quirks: { lostFiles: "empty" } } },
    round: (round, _index, _history, chance) => ({
      ...round,
      ...CALM,
      config: EVERY_FILE,
      changes: [...many(chance, 3, "attach a new version"), ...many(chance, 6, "lose a file")],
    }),
  },
}
