/** What a deliberate defect needs to show itself, and how that is said. */
import type { Chance } from "../chance.ts"
import type { ChangeKind } from "../changes.ts"
import type { ConnectionConfig, History, Round } from "../history.ts"
import type { Hunted } from "../mutations.ts"

export interface Occasion {
  /** The destination takes files. */
  readonly files?: true
  readonly syncMode?: History["syncMode"]
  readonly streams?: ReadonlyArray<string>
  readonly config?: Partial<ConnectionConfig>
  readonly site?: History["site"]
  readonly round?: (round: Round, index: number, history: History, chance: Chance) => Round
}

/** A defect that is in no such table shows itself in any history. */
export type Occasions = Partial<Readonly<Record<Hunted, Occasion>>>

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Neither faults nor an end from outside. */
export const CALM = { faults: [], cut: undefined, config: {}, settings: {} } as const

export const changes = (chance: Chance, ...kinds: ReadonlyArray<ChangeKind>): Round["changes"] =>
  kinds.map((kind) => ({ kind, draw: chance.draw() }))

export const many = (chance: Chance, count: number, kind: ChangeKind): Round["changes"] =>
  changes(chance, ...Array.from({ length: count }, () => kind))

/** Changes of these kinds before each sync, which nothing disturbs. */
export const before =
  (...kinds: ReadonlyArray<ChangeKind>): NonNullable<Occasion["round"]> =>
  (round, _index, _history, chance) => ({
    ...round,
    ...CALM,
    changes: [...round.changes, ...changes(chance, ...kinds)],
  })
