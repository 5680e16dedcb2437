/** Doubts about the content tree that concern those who look for what no list shows. */
import { TREE_QUIRKS } from "../../src/sample-site/quirks.ts"

const TESTS = ["sync/treeItems.test.ts", "sync/contentRestrictions.test.ts", "sample-site/treeQuirks.test.ts"]

export const TREE_DOUBTS = [
  {
    doubt: "whether the search finds what is archived",
    option: "archivedInSearch",
    answers: TREE_QUIRKS.archivedInSearch.map(String),
    care: ["sync/surveyTree.ts", "streams/restrictions/wayUp.ts"],
    tests: TESTS,
  },
  {
    doubt: "whether lists of ancestors name content that the account does not see",
    option: "hiddenAncestors",
    answers: TREE_QUIRKS.hiddenAncestors.map(String),
    care: ["sync/surveyTree.ts", "streams/restrictions/wayUp.ts"],
    tests: TESTS,
  },
]
