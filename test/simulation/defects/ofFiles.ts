/** Defects of files: what is fetched, when a row goes out, what is asked for again. */
import type { Mutation } from "../mutations.ts"

export const ofFiles = [
  {
    name: "rows go ahead of their files",
    file: "src/sync/Deliveries.ts",
    text: "owed.has(id) || changes.awaitsFile(row)",
    instead: "owed.has(id)",
    foundBy: "histories",
  },
  {
    name: "other limits of files change nothing of what is known",
    file: "src/commands/read.ts",
    text: '(ofFiles === undefined ? "" : `+${ofFiles}`)',
    instead: '""',
    foundBy: "histories",
  },
  {
    name: "a file that failed is not asked for again",
    file: "src/sync/Changes.ts",
    text: "known === undefined || this.lost.has(id) || !this.#isAsKnown(row, known)",
    instead: "known === undefined || !this.#isAsKnown(row, known)",
    foundBy: "histories",
  },
  {
    name: "a file of another length is handed over",
    file: "src/confluence/fetchFile.ts",
    text: "if (bytes !== undefined && target.length !== bytes)",
    instead: "if (false)",
    foundBy: "histories",
  },
  {
    name: "a file is of whatever version the site has by then",
    file: "src/sync/Files.ts",
    text: '...(version === undefined ? [] : [["version", String(version)] as const]),',
    instead: "",
    foundBy: "test/sync/files.test.ts",
  },
  {
    name: "memory that others use is given back",
    file: "src/sync/DiskFile.ts",
    text: "byteLength * 2 > buffer.byteLength",
    instead: "true",
    foundBy: "test/sync/diskStaging.test.ts",
  },
  {
    name: "a host that leads to plain http is followed",
    file: "src/confluence/fetchFile.ts",
    text: "if (refusal !== undefined)",
    instead: "if (false)",
    foundBy: "test/sync/filesInTrouble.test.ts",
  },
] as const satisfies ReadonlyArray<Mutation>
