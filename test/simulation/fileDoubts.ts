/** Doubts about the files of attachments. */
import { FILE_QUIRKS } from "../../src/sample-site/quirks.ts"

const TESTS = ["sync/files.test.ts", "sync/filesInTrouble.test.ts"]

export const FILE_DOUBTS = [
  {
    doubt: "whether the media host takes ranges",
    option: "mediaRanges",
    answers: FILE_QUIRKS.mediaRanges.map(String),
    care: ["confluence/fetchFile.ts"],
    tests: [...TESTS, "confluence/fetchFile.test.ts"],
  },
  {
    doubt: "what is answered for a file that has got lost",
    option: "lostFiles",
    answers: FILE_QUIRKS.lostFiles,
    care: ["sync/Files.ts", "confluence/fetchFile.ts"],
    tests: TESTS,
  },
  {
    doubt: "by which id the file of a comment is downloaded",
    option: "filesOfComments",
    answers: FILE_QUIRKS.filesOfComments.map(String),
    care: ["site/containers.ts"],
    tests: TESTS,
  },
]
