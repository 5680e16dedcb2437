/** A site with a limit, and workers that ask without a pause, in virtual time alone: ten minutes pass in milliseconds. */
import { Throttle } from "../../src/confluence/Throttle.ts"
import type { SiteLimit } from "./siteLimits.ts"

export interface Traffic {
  readonly workers: number
  readonly latencyMs: number
  readonly seconds: number
  /** Seconds of Retry-After: so many, the whole seconds until the limit accepts again, or no such header. */
  readonly retryAfter: number | "rest" | "none"
}

interface Event {
  readonly at: number
  readonly order: number
  readonly run: (now: number) => void
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** What happens when: a heap. */
class Agenda {
  readonly #heap: Array<Event> = []
  #order = 0

  get next(): Event | undefined {
    return this.#heap[0]
  }

  add(at: number, run: (now: number) => void): void {
    let place = this.#heap.push({ at, order: this.#order++, run }) - 1
    for (let above = (place - 1) >> 1; place > 0 && this.#swapIfBefore(place, above); above = (place - 1) >> 1) {
      place = above
    }
  }

  take(): Event {
    const first = this.#heap[0]!
    const last = this.#heap.pop()!
    if (this.#heap.length === 0) return first
    this.#heap[0] = last
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2]
      if (left >= this.#heap.length) return first
      const below = right < this.#heap.length && isBefore(this.#heap[right]!, this.#heap[left]!) ? right : left
      if (!this.#swapIfBefore(below, place)) return first
      place = below
    }
  }

  #swapIfBefore(a: number, b: number): boolean {
    const heap = this.#heap
    if (!isBefore(heap[a]!, heap[b]!)) return false
    ;[heap[a], heap[b]] = [heap[b]!, heap[a]!]
    return true
  }
}

/** The same numbers (0 to 1) in each run. */
const numbers = (): (() => number) => {
  let seed = 7
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Latencies vary by a tenth. `early` counts requests that were sent while a wait was in force. */
export const askWithoutPause = (limit: SiteLimit, traffic: Traffic) => {
  const { workers, latencyMs, seconds } = traffic
  const throttle = new Throttle(workers)
  const agenda = new Agenda()
  const random = numbers()
  const acceptedIn = new Float64Array(seconds)
  let [sent, refused, early, waitUntil] = [0, 0, 0, 0]
  let wakesAt = Number.POSITIVE_INFINITY

  const wake = (at: number): void => {
    if (wakesAt <= at) return
    wakesAt = at
    agenda.add(at, (now) => {
      if (wakesAt === at) wakesAt = Number.POSITIVE_INFINITY
      send(now)
    })
  }
  const send = (now: number): void => {
    for (;;) {
      const { hold } = throttle
      if (hold !== undefined && now < hold.untilMs) return wake(hold.untilMs)
      if (!throttle.hasFreeSlot()) return
      const slot = throttle.nextSlot(now)
      if (slot > now) return wake(Math.ceil(slot))
      request(now)
    }
  }
  const retryAfter = (at: number): number | undefined => {
    if (traffic.retryAfter === "none") return undefined
    return traffic.retryAfter === "rest" ? Math.max(1, Math.ceil(limit.rest(at))) : traffic.retryAfter
  }
  const request = (now: number): void => {
    const ticket = throttle.sent(now)
    sent++
    if (now < waitUntil) early++
    const latency = latencyMs * (0.9 + 0.2 * random())
    // A limit on requests in flight counts from the client's side on: the way belongs to the latency.
    const there = limit.answered === undefined ? latency / 2 : 0
    agenda.add(now + there, (at) => {
      const accepted = limit.admits(at)
      if (accepted) acceptedIn[Math.min(seconds - 1, Math.floor(at / 1_000))]!++
      const told = accepted ? undefined : retryAfter(at)
      agenda.add(now + latency, (back) => {
        throttle.ended()
        const wait = told === undefined ? undefined : { waitMs: told * 1_000, quota: false }
        throttle.answered(ticket, back, accepted ? 200 : 429, wait, random())
        if (accepted) limit.answered?.()
        else refused++
        waitUntil = Math.max(waitUntil, back + (wait?.waitMs ?? 0))
        send(back)
      })
    })
  }

  send(0)
  while (agenda.next !== undefined && agenda.next.at < seconds * 1_000) {
    const { at, run } = agenda.take()
    run(at)
  }
  const acceptedBy = (second: number) => acceptedIn.subarray(0, second).reduce((sum, count) => sum + count, 0)
  return { sent, refused, early, acceptedBy }
}
