/**
 * Who alone may read or change a content of the sample site. Those of the start are computed when they are asked for; only those that
 * were changed are kept. At the start each names the credential's own account, so that they hide nothing from it.
 */
import type { PlacedItem } from "./contentTypes.ts"
import { hash32, pick, seededUuid } from "./seededChance.ts"

/** What can be restricted. `read` holds for all that lies below, too. */
export const OPERATIONS = ["read", "update"] as const
export type Operation = (typeof OPERATIONS)[number]

/** Those who alone may do it: account ids and group ids, of deleted ones too. Nobody named: everybody may. */
export interface Restriction {
  readonly users: readonly string[]
  readonly groups: readonly string[]
}

export type Restrictions = Readonly<Record<Operation, Restriction>>

const OPEN: Restriction = { users: [], groups: [] }
const NONE: Restrictions = { read: OPEN, update: OPEN }

const RESTRICTION = 37
const DELETED_GROUP = 99
/** Of the space of the human resources; its homepage is restricted, and so all that lies below it. */
const HR_SPACE = 1
/** The place among the groups at the start of the one that reads there. */
const HR_GROUP = 7

/** Whether somebody is named, so that others are shut out. */
export const isRestricted = ({ users, groups }: Restriction): boolean => users.length + groups.length > 0

/** The id of a group that was deleted before the start; restrictions still name it. */
export const deletedGroupId = (seed: number): string => seededUuid(seed, DELETED_GROUP, 0)

/** What the restrictions of one site at the start depend on. */
export interface RestrictionSettings {
  readonly seed: number
  /** False: nothing is restricted. */
  readonly varied: boolean
  /** Of the users and groups at the start; the first account is the credential's. */
  readonly accountIds: readonly string[]
  readonly groupIds: readonly string[]
  /** An account that has left the company, if there is one. */
  readonly leaver: string | undefined
}

/** The restrictions of a site's pages, blog posts, folders, whiteboards, databases and embeds. */
export class ContentRestrictions {
  private readonly s: RestrictionSettings
  private readonly changed = new Map<string, Restrictions>()
  /** How many changes there have been. */
  changes = 0

  constructor(settings: RestrictionSettings) {
    this.s = settings
  }

  /** The ids of all content whose restrictions were changed. */
  changedIds(): readonly string[] {
    return [...this.changed.keys()]
  }

  /** Those that the content itself carries. Content hidden from the credential carries none at the start that anybody could be told of. */
  of(item: PlacedItem): Restrictions {
    return this.changed.get(item.id) ?? (item.restricted ? NONE : this.generated(item))
  }

  set(item: PlacedItem, operation: Operation, restriction: Restriction): void {
    const { users, groups } = restriction
    const named = { users: [...new Set(users)], groups: [...new Set(groups)] }
    this.changed.set(item.id, { ...this.of(item), [operation]: named })
    this.changes++
  }

  /** Opens content again, for one operation or for both. */
  clear(item: PlacedItem, operation?: Operation): void {
    this.changed.set(item.id, operation === undefined ? NONE : { ...this.of(item), [operation]: OPEN })
    this.changes++
  }

  private generated(item: PlacedItem): Restrictions {
    const { seed, varied, accountIds, groupIds, leaver } = this.s
    if (!varied) return NONE
    const [credential = ""] = accountIds
    if (item.type === "page" && item.ordinal === HR_SPACE && item.space === HR_SPACE) {
      const groups = groupIds.slice(HR_GROUP, HR_GROUP + 1)
      return { read: { users: [credential], groups }, update: { users: [], groups } }
    }
    const kind = item.type === "page" ? 0 : item.type === "blogpost" ? 1 : 2
    const hash = hash32(seed, RESTRICTION + kind, item.ordinal)
    const draw = hash % 100
    if (draw >= (kind === 2 ? 12 : 5)) return NONE
    const users = [pick(accountIds, hash >>> 7), ...((hash >>> 5) % 3 === 0 && leaver !== undefined ? [leaver] : [])]
    const gone = (hash >>> 9) % 4 === 0 ? [deletedGroupId(seed)] : []
    const groups = [...groupIds.slice(1).filter((_, at) => ((hash >>> 11) + at) % 6 === 0), ...gone]
    const named = { users: [...new Set([credential, ...users])], groups }
    // Most restrictions are of reading, some of changing alone, some of both.
    const [read, update] = [draw % 3 !== 2, draw % 3 !== 0]
    return { read: read ? named : OPEN, update: update ? named : OPEN }
  }
}
