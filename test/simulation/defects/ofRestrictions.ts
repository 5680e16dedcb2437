/** Deliberate defects of who may read what. */
import type { Mutation } from "../mutations.ts"

export const ofRestrictions = [
  {
    name: "what the search does not show passes for open",
    file: "src/streams/restrictions/readRestrictions.ts",
    text: "yield* askEach(name, table, places, asking,",
    instead: "yield* askEach(name, table, [], asking,",
    foundBy: "histories",
  },
  {
    name: "restrictions are inherited from the nearest content alone",
    file: "src/streams/restrictions/restrictionRows.ts",
    text: "at = this.#table.above(carrier)",
    instead: "at = undefined",
    foundBy: "histories",
  },
  {
    name: "a folder that a look does not find is gone, although the search shows it",
    file: "src/streams/restrictions/wayUp.ts",
    text: "this.#shown.has(place) ? shownTreeItem : treeItem",
    instead: "treeItem",
    foundBy: "test/sync/restrictionsUnseen.test.ts",
  },
  {
    name: "an answer that is no folder passes for one that is not there",
    file: "src/sync/treeContent.ts",
    text: "if (!isRecord(body) || idOf(body) !== id) return yield*",
    instead: "if (!isRecord(body)) return undefined\n  if (body === undefined) return yield*",
    foundBy: "test/sync/restrictionsUnseen.test.ts",
  },
  {
    name: "what lies above something hidden is asked of one content, and of no other when that is gone",
    file: "src/streams/restrictions/wayUp.ts",
    text: "this.#vanished.has(content) ? this.#anotherBelow(place) : undefined",
    instead: "undefined",
    foundBy: "test/sync/restrictionsUnseen.test.ts",
  },
] as const satisfies ReadonlyArray<Mutation>
