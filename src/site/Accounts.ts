/**
 * Whom the rows name, so that the stream of users holds everybody: also those whom neither the search for users nor a group
 * shows any more, while rows that are not sent again still name them.
 *
 * The state of `users` has all of them. But the platform begins each job without the states of full refreshes, so that alone
 * would make every sync list every row again to learn who is named. A stream that can go on from its own state therefore keeps
 * those whom its rows name too, as long as that fits into the 12 bytes which a state may take for each row: on nearly all sites
 * there are far fewer people than rows. Where it does not fit, its state has a stamp of the set instead. The state of `users`
 * says for which stamps it stands; where it does not have that of a stream, all rows of that stream are listed once more, without
 * being sent.
 *
 * Rejected: to keep those alone whom no search and no group shows. They are known only when the other streams have ended; and who
 * leaves the last group later was never among them.
 */
import { crc32 } from "node:zlib"
import { Context } from "effect"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { Row } from "../confluence/Listing.ts"
import { packAccounts, unpackAccounts } from "./accountSets.ts"

/** What of a stream's state is about accounts. */
export interface AccountState {
  readonly accounts?: string
  readonly stamp?: number
  readonly stamps?: Readonly<Record<string, number>>
}

/** Something that could not be read, and why. */
export interface Missed {
  /** As people know it: `the group "developers" (7c9e…)`. */
  readonly name: string
  readonly error: ConfluenceError
}

/** The stamp of a stream whose rows name nobody. */
const NOBODY = 0

/** What a stream's run notes of accounts, and what of them its state holds. */
export interface NamedAccounts {
  /** Whether all are known whom the rows that were sent so far name. */
  readonly areKnown: boolean
  readonly note: (rows: ReadonlyArray<Row>) => void
  /** All rows have been listed: whoever they name has been noted. */
  readonly allListed: () => void
  /** `room`: how many characters there are for them. */
  readonly state: (room: number) => AccountState
}

/** Accounts that only come to be more, as text. */
class Packed {
  readonly ids = new Set<string>()
  #text = ""
  #size = -1
  get text(): string {
    if (this.ids.size !== this.#size) this.#text = packAccounts(this.ids)
    this.#size = this.ids.size
    return this.#text
  }
  get stamp(): number {
    return this.ids.size === 0 ? NOBODY : crc32(this.text)
  }
}

/** What of a stream's facts this needs. */
export interface NamingStream {
  readonly name: string
  readonly accountsIn?: (row: Row) => ReadonlyArray<unknown>
  readonly accountsListed?: boolean
}

/** The accounts of one sync that reads `users`. */
export class KnownAccounts {
  readonly #all = new Packed()
  /** The sets for whose stamps the state of `users` stood, by stream. */
  readonly #stamps: Readonly<Record<string, number>>
  readonly #streams = new Map<string, { readonly packed: Packed; areKnown: boolean }>()

  /** `kept`: the state of `users`, whatever its reading begins with. */
  constructor(kept: AccountState | undefined) {
    const ids = kept?.accounts === undefined ? undefined : unpackAccounts(kept.accounts)
    for (const id of ids ?? []) this.#all.ids.add(id)
    this.#stamps = ids === undefined ? {} : (kept?.stamps ?? {})
  }

  get all(): ReadonlySet<string> {
    return this.#all.ids
  }

  /** For `users` itself. */
  readonly ofUsers: NamedAccounts = {
    areKnown: true,
    note: () => {},
    allListed: () => {},
    state: () => ({ accounts: this.#all.text, stamps: this.#stampsNow() }),
  }

  #stampsNow(): Record<string, number> {
    // Of a stream that this sync does not read, all are here as before.
    const stamps = Object.entries(this.#stamps).filter(([name]) => !this.#streams.has(name))
    for (const [name, { packed, areKnown }] of this.#streams) if (areKnown) stamps.push([name, packed.stamp])
    return Object.fromEntries(stamps)
  }

  /** For a stream whose rows name accounts, and the state that it goes on from. */
  of({ name, accountsIn, accountsListed }: NamingStream, from: AccountState | undefined): NamedAccounts | undefined {
    if (accountsIn === undefined) return undefined
    const own = from?.accounts === undefined ? undefined : unpackAccounts(from.accounts)
    const isCovered = from?.stamp !== undefined && this.#stamps[name] === from.stamp
    const areKnown = from === undefined || own !== undefined || isCovered || from.stamp === NOBODY
    const entry = { packed: new Packed(), areKnown }
    for (const id of own ?? (isCovered ? this.#all.ids : [])) {
      entry.packed.ids.add(id)
      this.#all.ids.add(id)
    }
    if (accountsListed !== true) this.#streams.set(name, entry)
    return {
      get areKnown() {
        return entry.areKnown || accountsListed === true
      },
      note: (rows) => {
        for (const row of rows) {
          for (const id of accountsIn(row)) {
            if (typeof id !== "string" || id === "") continue
            entry.packed.ids.add(id)
            this.#all.ids.add(id)
          }
        }
      },
      allListed: () => void (entry.areKnown = true),
      state: (room) => {
        if (accountsListed === true || !entry.areKnown) return {}
        const { text, stamp } = entry.packed
        return stamp !== NOBODY && text.length <= room ? { accounts: text } : { stamp }
      },
    }
  }
}

/** What the streams of a sync tell the stream of users. */
export class Accounts extends Context.Service<
  Accounts,
  {
    readonly named: ReadonlySet<string>
    /**
     * Streams that this sync has read from beginning to end, with what of them it could not have: what their rows name need
     * not be listed again.
     */
    readonly readWhole: Map<string, ReadonlyArray<Missed>>
  }
>()("source-confluence/Accounts") {}
