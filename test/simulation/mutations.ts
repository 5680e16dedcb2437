/**
 * Deliberate defects: each undoes, in one place of the code, one of the things that keep a sync right. What is to find it must be
 * able to find it: the judge of random histories, or a test of the module itself where no history can see it.
 *
 * A mutation is a text that stands exactly once in a file of `src`, and what takes its place when the file is loaded
 * (mutating.ts). Example: without ` - lookbackMs` a sync looks no further back than to the newest change it knows.
 */
import { ofChanges } from "./defects/ofChanges.ts"
import { ofContents } from "./defects/ofContents.ts"
import { ofFilters } from "./defects/ofFilters.ts"
import { ofRestrictions } from "./defects/ofRestrictions.ts"
import { ofStates } from "./defects/ofStates.ts"
import { ofTypes } from "./defects/ofTypes.ts"
import { ofWalks } from "./defects/ofWalks.ts"

export interface Mutation {
  /** What the code does then. */
  readonly name: string
  readonly file: string
  readonly text: string
  readonly instead: string
  /** `histories`, which occasions.ts gives an occasion, or the file of a test that fails. */
  readonly foundBy: "histories" | `test/${string}.${"test" | "proof"}.ts`
}

export const MUTATIONS = [
  ...ofChanges,
  ...ofWalks,
  ...ofStates,
  ...ofFilters,
  ...ofRestrictions,
  ...ofTypes,
  ...ofContents,
]

type Each = (typeof MUTATIONS)[number]
/** The names of those that histories are to find. */
export type Hunted = Extract<Each, { readonly foundBy: "histories" }>["name"]
