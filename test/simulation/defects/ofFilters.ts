/** Deliberate defects of what the filters let in. */
import type { Mutation } from "../mutations.ts"

export const ofFilters = [
  {
    name: "what the filters leave out is let in",
    file: "src/sync/admission.ts",
    text: 'return rows.filter((_, at) => verdicts[at] === "in")',
    instead: "return rows",
    foundBy: "test/sync/filters.test.ts",
  },
  {
    name: "a change of filters waits for the next reconciliation",
    file: "src/sync/followChanges.ts",
    text: "!told || changes.otherScope ||",
    instead: "!told ||",
    foundBy: "test/sync/filters.test.ts",
  },
  {
    name: "a change of filters that was cut off is forgotten",
    file: "src/sync/Following.ts",
    text: "this.otherScope ? mixed(this.scopeBefore, scope) : scope",
    instead: "scope",
    foundBy: "test/sync/filters.test.ts",
  },
  {
    name: "exclusions of pages do not win",
    file: "src/sync/Ancestry.ts",
    text: "if (isExcluded === true || isIncluded === false) return false",
    instead: "if (isIncluded === false) return false",
    foundBy: "test/sync/filters.test.ts",
  },
  {
    name: "what hangs in the archive or in the trash does not lead on",
    file: "src/sync/contentTree.ts",
    text: "yield* join(aside)",
    instead: "yield* Effect.void",
    foundBy: "test/sync/filters.test.ts",
  },
  {
    name: "the guard counts what the filters leave out",
    file: "src/sync/reconcile.ts",
    text: "if (isEverything) yield* believe(run, missing.length, known)",
    instead: "yield* believe(run, missing.length, known)",
    foundBy: "test/sync/guard.test.ts",
  },
  {
    name: "what the filters leave out counts among what the guard takes as known",
    file: "src/sync/reconcile.ts",
    text: "yield* believe(run, left.length, changes.index.size)",
    instead: "yield* believe(run, left.length, known)",
    foundBy: "test/sync/guard.test.ts",
  },
  {
    name: "the guard counts what the site shows and nobody can judge as missing",
    file: "src/sync/reconcile.ts",
    text: "gone.has(id) && ",
    instead: "",
    foundBy: "test/sync/guard.test.ts",
  },
  {
    name: "a list by dates ends one page too early",
    file: "src/sync/listOfSpaces.ts",
    text: "isFalling ? last < until : last >= until",
    instead: "isFalling ? last < until + 31_536_000_000 : last >= until",
    foundBy: "test/sync/filters.test.ts",
  },
  {
    name: "all is listed although the filters let in little",
    file: "src/sync/byContent.ts",
    text: "if (cost >= site * hanging.atMost) return yield* whole",
    instead: "if (cost >= 0) return yield* whole",
    foundBy: "test/sync/filterCosts.proof.ts",
  },
] as const satisfies ReadonlyArray<Mutation>
