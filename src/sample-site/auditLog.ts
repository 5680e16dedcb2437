/**
 * The audit log of the sample site: what administrators did, the oldest first. Some records are of the same millisecond, some are alike
 * in every field, and some are written long after what they tell of.
 */
import type { SiteUser } from "./people.ts"
import { hash32, pick } from "./seededChance.ts"
import { BASE_DATE } from "./spaces.ts"

/** A record as the API shows it. */
export interface AuditRecord {
  readonly author: Readonly<Record<string, unknown>>
  readonly remoteAddress: string
  readonly creationDate: number
  readonly summary: string
  readonly description: string
  readonly category: string
  readonly sysAdmin: boolean
  readonly superAdmin: boolean
  readonly affectedObject: { readonly name: string; readonly objectType: string }
  readonly changedValues: readonly {
    readonly name: string
    readonly oldValue: string
    readonly newValue: string
  }[]
  readonly associatedObjects: readonly { readonly name: string; readonly objectType: string }[]
}

const AUDIT = 36
const DAY_MS = 86_400_000
/** How long before the site's last generated change its log begins. */
const KEPT_DAYS = 365

const KINDS = [
  ["Space created", "Spaces", "Space"],
  ["Space permission added", "Permissions", "Space"],
  ["User added to group", "Users and groups", "Group"],
  ["Page restricted", "Permissions", "Page"],
  ["Global settings changed", "Global administration", ""],
  ["App installed", "Apps", "App"],
  ["Blog exported — „alles“ 📦", "Import/Export", "Space"],
] as const

/** The records of a site. */
export class AuditLog {
  private readonly seed: number
  private readonly count: number
  private readonly users: readonly SiteUser[]
  private records: AuditRecord[] | undefined

  /** `count`: records at the start. `users`: those of the start. */
  constructor(seed: number, count: number, users: readonly SiteUser[]) {
    this.seed = seed
    this.count = count
    this.users = users
  }

  /** All records, in no order: those that were written late are behind those of the same time. */
  get all(): readonly AuditRecord[] {
    return this.written
  }

  /** Writes a record of what somebody did at a time. */
  write(at: number, summary: string, about: string): void {
    const hash = hash32(this.seed, AUDIT, this.written.length)
    this.written.push({ ...this.made(hash, at), summary, affectedObject: { name: about, objectType: "" } })
  }

  /** Writes the last record once more, alike in every field. */
  repeat(): void {
    const last = this.written.at(-1)
    if (last !== undefined) this.written.push(last)
  }

  private get written(): AuditRecord[] {
    return (this.records ??= this.generated())
  }

  private generated(): AuditRecord[] {
    const records: AuditRecord[] = []
    const first = BASE_DATE - KEPT_DAYS * DAY_MS
    while (records.length < this.count) {
      const at = records.length
      const hash = hash32(this.seed, AUDIT, at)
      const time = first + Math.floor((KEPT_DAYS * DAY_MS * (at + 1)) / (this.count + 1)) + (hash % 1000)
      const record = this.made(hash, time)
      records.push(record)
      // One in ten is there three times, one in ten has others of its millisecond.
      if (at % 10 === 3) records.push(record, record)
      if (at % 10 === 7) for (const more of [1, 2]) records.push(this.made(hash32(this.seed + more, AUDIT, at), time))
    }
    return records
  }

  private made(hash: number, creationDate: number): AuditRecord {
    const [summary, category, objectType] = pick(KINDS, hash)
    const { accountId, displayName, publicName, guest } = pick(this.users, hash >>> 3)
    const name = `${objectType || "Site"} ${(hash >>> 5) % 90}`
    return {
      author: {
        type: "user",
        displayName,
        operations: null,
        accountId,
        accountType: "atlassian",
        publicName,
        isExternalCollaborator: guest,
        isGuest: guest,
      },
      remoteAddress: hash % 5 === 0 ? "" : `203.0.113.${hash % 250}`,
      creationDate,
      summary,
      description: hash % 3 === 0 ? `Done by hand\n(${hash % 100})` : "",
      category,
      sysAdmin: hash % 17 === 0,
      superAdmin: hash % 19 === 0,
      affectedObject: { name, objectType },
      changedValues:
        hash % 4 === 0 ? [{ name: "Name", oldValue: `Old ${hash % 70}`, newValue: `New ${(hash >>> 2) % 70}` }] : [],
      associatedObjects: hash % 2 === 0 ? [{ name: `Space ${(hash >>> 7) % 40}`, objectType: "Space" }] : [],
    }
  }
}
