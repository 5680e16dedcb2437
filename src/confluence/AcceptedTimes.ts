/** When the last accepted requests were sent: what limits are reckoned from. */

/** More than a site allows in a minute. */
const REMEMBERED = 16_384

/** The times (ms) at which accepted requests were sent, in order. */
export class AcceptedTimes {
  readonly #times = new Float64Array(REMEMBERED)
  #count = 0

  /** How many there have been, those that are forgotten included. */
  get count(): number {
    return this.#count
  }

  /** Answers overtake each other, by few places. */
  add(sentAt: number): void {
    const oldest = Math.max(0, this.#count - REMEMBERED + 1)
    let place = this.#count
    for (; place > oldest && this.#at(place - 1) > sentAt; place--) {
      this.#times[place % REMEMBERED] = this.#at(place - 1)
    }
    this.#times[place % REMEMBERED] = sentAt
    this.#count++
  }

  /** Those sent at `from` or later, oldest first. */
  since(from: number): Float64Array {
    const oldest = Math.max(0, this.#count - REMEMBERED)
    let begin = this.#count
    while (begin > oldest && this.#at(begin - 1) >= from) begin--
    return Float64Array.from({ length: this.#count - begin }, (_, n) => this.#at(begin + n))
  }

  #at(place: number): number {
    return this.#times[place % REMEMBERED]!
  }
}
