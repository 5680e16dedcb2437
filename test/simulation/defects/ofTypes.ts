/** Deliberate defects of custom content and its types. */
import type { Mutation } from "../mutations.ts"

export const ofTypes = [
  {
    name: "a type that one request did not find is unknown",
    file: "src/streams/customContent/typesOfRun.ts",
    text: "const isUnknown = !(yield* isKnownType(type, stream))",
    instead: "const isUnknown = true",
    foundBy: "test/sync/customContent.test.ts",
  },
  {
    name: "what a refused list does not show is gone",
    file: "src/streams/customContent/gone.ts",
    text: "if (isLive(row) && typesOf(run).unknown.has(String(type))) return",
    instead: "",
    foundBy: "test/sync/customContent.test.ts",
  },
  {
    name: "bodies in another form are not asked for",
    file: "src/streams/customContent/lists.ts",
    text: "if (bare.length === 0) return rows",
    instead: "return rows",
    foundBy: "test/sync/customContent.test.ts",
  },
  {
    name: "another choice of types is no other scope",
    file: "src/commands/read.ts",
    text: "...(ofTypes === true ? types : [])",
    instead: "",
    foundBy: "test/sync/customContent.test.ts",
  },
  {
    name: "what hangs on custom content is not judged by what that hangs on",
    file: "src/sync/containedContent.ts",
    text: "const note = (row: Row, verdict: Verdict) => {",
    instead:
      'const note = (row: Row, verdict: Verdict) => { if (containerOf(row)?.containerType === CUSTOM_CONTENT) verdict = "in"',
    foundBy: "test/sync/customContent.test.ts",
  },
] as const satisfies ReadonlyArray<Mutation>
