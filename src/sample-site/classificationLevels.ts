/** The levels of classification that the sample site's organization has defined, which its spaces and content can be given. */
import { seededUuid } from "./seededChance.ts"

export interface ClassificationLevel {
  readonly id: string
  status: "DRAFT" | "PUBLISHED" | "ARCHIVED"
  readonly order: number
  name: string
  readonly description: string
  readonly guideline: string
  readonly color: string
}

const LEVEL = 36

const AT_THE_START: readonly (readonly [ClassificationLevel["status"], string, string, string])[] = [
  ["PUBLISHED", "Public", "GREEN", "May be shared with anybody."],
  ["PUBLISHED", "Internal", "BLUE", "For all who work here."],
  ["PUBLISHED", "Vertraulich", "ORANGE", 'Nur für Beteiligte – "need to know".'],
  ["DRAFT", "Restricted", "RED_BOLD", ""],
  ["ARCHIVED", "Secret (old)", "GREY", "Not in use."],
]

/** Makes one more level. */
export const levelOf = (
  seed: number,
  order: number,
  [status, name, color, description]: (typeof AT_THE_START)[number],
): ClassificationLevel => ({
  id: seededUuid(seed, LEVEL, order),
  status,
  order,
  name,
  description,
  guideline: description === "" ? "" : `Ask before you share: ${name}`,
  color,
})

/** The levels of the start. */
export const levelsOf = (seed: number): ClassificationLevel[] =>
  AT_THE_START.map((each, index) => levelOf(seed, index, each))
