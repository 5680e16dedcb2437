/** Deliberate defects of what hangs on many things: what contents have of their own, labels, the content tree, the log. */
import type { Mutation } from "../mutations.ts"

export const ofContents = [
  {
    name: "a log is gone on with without a lookback",
    file: "src/sync/LogPosition.ts",
    text: "Math.max(since, until - lookbackMs)",
    instead: "until",
    foundBy: "histories",
  },
  {
    name: "a list that is often empty ends with its first page",
    file: "src/confluence/Listing.ts",
    text: "if (page.next === undefined) return\n",
    instead: "if (page.next === undefined || oftenEmpty) return\n",
    foundBy: "histories",
  },
  {
    name: "what is in the trash carries labels",
    file: "src/streams/labels/labelled.ts",
    text: 'hasId(row) && isLive(row["status"])',
    instead: "hasId(row)",
    foundBy: "histories",
  },
  {
    name: "what the search does not show is not known by what lies below it",
    file: "src/sync/surveyTree.ts",
    text: "listPages(facts, (row) => survey.notePages([row]))",
    instead: "listPages(facts, () => undefined)",
    foundBy: "histories",
  },
  {
    name: "what contents have stays when they are gone",
    file: "src/streams/kinds/FollowedContents.ts",
    text: "for (const contentId of gone.keys()) index.noteAll(contentId, NOTHING_SHOWN)",
    instead: "",
    foundBy: "histories",
  },
  {
    name: "what is listed and says that it is not there keeps what it had",
    file: "src/streams/kinds/FollowedContents.ts",
    text: ", ...this.#vanished]",
    instead: "]",
    foundBy: "test/sync/childrenOfCustomContent.test.ts",
  },
  {
    name: "a content that is being asked counts as asked",
    file: "src/sync/manyParents.ts",
    text: "failed.has(portion[reached]!) && !isStuck",
    instead: "!isStuck",
    foundBy: "histories",
  },
  {
    name: "contents that have just gone away tell what the site lacks",
    file: "src/streams/kinds/childrenOfContent.ts",
    text: "if (answer !== undefined) return answer",
    instead: "return answer === true",
    foundBy: "test/sync/contentReactions.test.ts",
  },
] as const satisfies ReadonlyArray<Mutation>
