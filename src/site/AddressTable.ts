/**
 * E-mail addresses by account id. There may be half a million of them: the addresses stand in one row of bytes, and of each account
 * there is no more than its id, which others hold too, and the place of its address.
 */

/** The place of those whose address is not known. */
const NOWHERE = 0
/** An address has fewer bytes (RFC 5321 allows 254); what has more is none. */
const LONGEST = 1000
/** So many bytes before each address say how long it is. */
const LENGTH = 2

export class AddressTable {
  readonly #places = new Map<string, number>()
  /** Begins behind NOWHERE. */
  #bytes = Buffer.alloc(1024)
  #end = NOWHERE + 1

  /** The accounts that it is about. */
  get accounts(): Iterable<string> {
    return this.#places.keys()
  }

  has(accountId: string): boolean {
    return this.#places.has(accountId)
  }

  /** Adds an account, if it is not there yet. */
  add(accountId: string): void {
    if (!this.#places.has(accountId)) this.#places.set(accountId, NOWHERE)
  }

  /** Notes the address of an account that it is about; the first one stays. */
  note(accountId: string, email: string): void {
    if (this.#places.get(accountId) !== NOWHERE || email.length > LONGEST) return
    const length = Buffer.byteLength(email)
    if (length > LONGEST) return
    const end = this.#end + LENGTH + length
    if (end > this.#bytes.length) {
      const more = Buffer.alloc(Math.max(end, this.#bytes.length * 2))
      this.#bytes.copy(more, 0, 0, this.#end)
      this.#bytes = more
    }
    this.#bytes.writeUInt16LE(length, this.#end)
    this.#bytes.write(email, this.#end + LENGTH)
    this.#places.set(accountId, this.#end)
    this.#end = end
  }

  get(accountId: string): string | undefined {
    const place = this.#places.get(accountId)
    if (place === undefined || place === NOWHERE) return undefined
    const from = place + LENGTH
    return this.#bytes.toString("utf8", from, from + this.#bytes.readUInt16LE(place))
  }
}
