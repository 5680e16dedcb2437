/** Occasions for the defects of who may read what. */
import { CALM, type Occasions } from "./Occasion.ts"

const calmly = {
  streams: ["content_restrictions"],
  round: (round) => ({ ...round, ...CALM }),
} as const satisfies Occasions[keyof Occasions]

export const occasionsOfRestrictions: Occasions = {
  "what the search does not show passes for open": calmly,
  "restrictions are inherited from the nearest content alone": calmly,
}
