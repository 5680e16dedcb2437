/**
 * The labels of the sample site, and what carries which of them. Those of the start are computed when they are asked for; only the
 * labels of what was changed are kept. A label that nothing carries any more is still one of the site's.
 */
import { hash32, pick } from "./seededChance.ts"

/** A label: `global` ones are everybody's, `my` those of one person, `team` those of spaces. */
export interface SiteLabel {
  readonly id: string
  readonly name: string
  readonly prefix: string
}

/** What can carry labels. */
export type LabelledKind = "page" | "blogpost" | "attachment" | "space"

const LABEL = 141

/** Each as often as it stands here, about: the first ones are on far more content than the last. */
const AT_THE_START: readonly (readonly [string, string])[] = [
  ["global", "how-to"],
  ["global", "meeting-notes"],
  ["global", "decision"],
  ["global", "runbook"],
  ["global", "onboarding"],
  ["global", "kb-how-to-article"],
  ["global", "übergabe"],
  ["global", "retro"],
  ["global", "release_notes"],
  ["global", "q3"],
  ["global", "安全"],
  ["global", "incident-2025"],
  ["global", "file-list"],
  ["global", "to-review"],
  ["my", "favourite"],
  ["my", "read-later"],
  ["team", "platform"],
  ["team", "operations"],
  ["team", "human-resources"],
  ["global", "never-used"],
]

/** What content carries at the start: all but the labels of spaces, and one that nothing carries. */
const OF_CONTENT = 16
const OF_SPACES = [14, 16, 17, 18, 0, 4] as const
/** Of a hundred, so many carry labels. */
const SHARES: Readonly<Record<LabelledKind, number>> = { page: 45, blogpost: 30, attachment: 12, space: 60 }
const KINDS = Object.keys(SHARES) as readonly LabelledKind[]
const NONE: ReadonlySet<string> = new Set()

/** Label ids ascend with creation; the late ones are beyond what a double can hold exactly. */
const idOf = (index: number, seed: number): string => {
  const small = 1_441_793 + index * 32_768 + (hash32(seed, LABEL, index) % 32_768)
  return index < AT_THE_START.length - 3 ? String(small) : `9219043${String(small).padStart(12, "0")}`
}

/** The labels of a site. */
export class SiteLabels {
  readonly all: SiteLabel[]
  private readonly seed: number
  private readonly changed = new Map<string, ReadonlySet<string>>()
  private readonly atTheStart: readonly string[]
  private readonly counts: Readonly<Record<LabelledKind, number>>
  private made = AT_THE_START.length

  /** `counts`: how much of each kind there was at the start; what is created later carries none. */
  constructor(seed: number, counts: Readonly<Record<LabelledKind, number>>) {
    this.seed = seed
    this.counts = counts
    this.all = AT_THE_START.map(([prefix, name], index) => ({ id: idOf(index, seed), name, prefix }))
    this.atTheStart = this.all.map(({ id }) => id)
  }

  /** The label of a name, which is made if there is none yet. */
  named(name: string, prefix: string): SiteLabel {
    const known = this.find(name, prefix)
    if (known !== undefined) return known
    const label = { id: idOf(this.made++, this.seed), name, prefix }
    this.all.push(label)
    return label
  }

  find(name: string, prefix: string): SiteLabel | undefined {
    return this.all.find((label) => label.name === name && label.prefix === prefix)
  }

  byId(id: string): SiteLabel | undefined {
    return this.all.find((label) => label.id === id)
  }

  /** The label is gone, and nothing carries it. */
  delete(id: string): void {
    this.all.splice(
      this.all.findIndex((label) => label.id === id),
      1,
    )
  }

  /** Whether something carries a label; cheap, because it is asked for every row. */
  has(kind: LabelledKind, ordinal: number, labelId: string): boolean {
    return this.idsOf(kind, ordinal).has(labelId)
  }

  /** What something carries, in the order of creation. */
  of(kind: LabelledKind, ordinal: number): readonly SiteLabel[] {
    const ids = this.idsOf(kind, ordinal)
    return ids.size === 0 ? [] : this.all.filter(({ id }) => ids.has(id))
  }

  add(kind: LabelledKind, ordinal: number, labelId: string): void {
    this.changed.set(`${kind} ${ordinal}`, new Set([...this.idsOf(kind, ordinal), labelId]))
  }

  /** Takes a label off something; false where it does not carry it. */
  remove(kind: LabelledKind, ordinal: number, labelId: string): boolean {
    const ids = new Set(this.idsOf(kind, ordinal))
    const wasThere = ids.delete(labelId)
    this.changed.set(`${kind} ${ordinal}`, ids)
    return wasThere
  }

  private idsOf(kind: LabelledKind, ordinal: number): ReadonlySet<string> {
    return this.changed.get(`${kind} ${ordinal}`) ?? this.generated(kind, ordinal)
  }

  private generated(kind: LabelledKind, ordinal: number): ReadonlySet<string> {
    const hash = hash32(this.seed, LABEL + 1 + KINDS.indexOf(kind), ordinal)
    if (ordinal >= this.counts[kind] || hash % 100 >= SHARES[kind]) return NONE
    const ids = new Set<string>()
    for (let at = 0; at <= (hash >>> 8) % 3; at++) {
      const draw = hash32(this.seed, LABEL + 11 + at, hash)
      // The smaller of two draws: the first labels are the usual ones.
      const index = Math.min(draw % OF_CONTENT, (draw >>> 8) % OF_CONTENT)
      ids.add(this.atTheStart[kind === "space" ? pick(OF_SPACES, draw) : index]!)
    }
    return ids
  }
}
