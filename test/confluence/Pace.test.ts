// The learning by itself, step by step; how well it does under whole limiters is RateControl's test.
import { assert, describe, it } from "@effect/vitest"
import { Pace } from "../../src/confluence/Pace.ts"
import { windowLimit } from "../../src/confluence/windowLimit.ts"
import type { RefusedRound } from "../../src/confluence/windowLimit.ts"

/** Sends `count` requests from `from` on, one each `everyMs`, all of them accepted. */
const accepted = (pace: Pace, from: number, count: number, everyMs: number) => {
  for (let n = 0; n < count; n++) {
    pace.sent(from + n * everyMs)
    pace.accepted(from + n * everyMs)
  }
}

/** A pace that has learnt a limit of 20/s from a burst at 0, and went on at 2,000. */
const learnt = (): Pace => {
  const pace = new Pace()
  accepted(pace, 0, 20, 1)
  pace.sent(20)
  pace.refused(20, 30)
  pace.sent(2_000)
  pace.accepted(2_000)
  return pace
}

/** Sends whenever the pace allows it, from `from` to `to`; returns the times. */
const atPace = (pace: Pace, from: number, to: number): Array<number> => {
  const times: Array<number> = []
  let now = from
  for (;;) {
    now = Math.max(now, Math.ceil(pace.nextSlot(now)))
    if (now >= to) return times
    pace.sent(now)
    pace.accepted(now)
    times.push(now)
  }
}

describe("the pace", () => {
  it("is unlimited before the first refusal", () => {
    const pace = new Pace()
    accepted(pace, 0, 1_000, 0)
    assert.isUndefined(pace.rate)
    assert.strictEqual(pace.nextSlot(0), 0)
  })

  it("goes on after the pause 3 % below what a burst has shown to be accepted", () => {
    assert.closeTo(learnt().rate!, 19.4, 0.001)
  })

  it("spaces requests evenly, with no burst after a pause", () => {
    const pace = learnt()
    const times = atPace(pace, 2_000, 4_000)
    const gaps = times.slice(1).map((time, n) => time - times[n]!)
    assert.isAtLeast(Math.min(...gaps), 51)
    assert.isAtMost(Math.max(...gaps), 52)
  })

  it("makes up for lateness of a few milliseconds, but not for a pause", () => {
    const late = learnt()
    const slot = late.nextSlot(2_000)
    late.sent(slot + 15)
    assert.closeTo(late.nextSlot(slot + 15), slot + 1_000 / 19.4, 0.001)
    const idle = learnt()
    idle.sent(10_000)
    assert.isAtLeast(idle.nextSlot(10_000), 10_000 + 1_000 / 19.4 - 30)
  })

  it("takes the refusals of one burst for one", () => {
    const pace = new Pace()
    accepted(pace, 0, 20, 1)
    for (let n = 20; n < 28; n++) pace.sent(n)
    for (let n = 20; n < 27; n++) pace.refused(n, n + 10)
    pace.sent(2_000)
    // The last one's answer comes after the pause.
    pace.refused(27, 2_001)
    pace.sent(3_000)
    assert.closeTo(pace.rate!, 19.4, 0.001)
  })

  it("counts requests that overtook the refused one", () => {
    const pace = new Pace()
    for (let n = 0; n < 30; n++) pace.sent(n)
    for (let n = 0; n < 30; n++) {
      if (n === 15) pace.refused(n, n + 100)
      else pace.accepted(n)
    }
    pace.sent(2_000)
    assert.closeTo(pace.rate!, 29 * 0.97, 0.001)
  })

  it("does not grow past the refused rate while the limit was seen of late", () => {
    const pace = learnt()
    const times = atPace(pace, 2_000, 40_000)
    assert.closeTo(pace.rate!, 19.4, 0.001)
    assert.closeTo(times.length / 38, 19.4, 0.2)
  })

  it("tries more after 45 s without a refusal where only a burst has shown the limit, and goes back if that is refused", () => {
    const pace = learnt()
    const last = atPace(pace, 2_000, 50_000).at(-1)!
    assert.isAbove(pace.rate!, 20)
    pace.refused(last, last + 10)
    pace.sent(last + 2_000)
    assert.closeTo(pace.rate!, 19.4, 0.3)
    atPace(pace, last + 2_000, last + 80_000)
    assert.closeTo(pace.rate!, 19.4, 0.3)
  })

  it("does not try more where nobody is held back by it", () => {
    const pace = learnt()
    accepted(pace, 3_000, 100, 1_000)
    assert.closeTo(pace.rate!, 19.4, 0.001)
  })

  it("goes lower after each refusal that comes soon after a pause", () => {
    const pace = learnt()
    let before = pace.rate!
    for (let round = 1; round <= 5; round++) {
      const from = 2_000 + round * 10_000
      pace.sent(from)
      const last = atPace(pace, from, from + 1_500).at(-1)!
      pace.refused(last, last + 10)
      pace.sent(from + 5_000)
      assert.isBelow(pace.rate!, before)
      before = pace.rate!
    }
  })

  it("believes in a bucket that ran dry: s / (1 + s) of the rate that it bore for s seconds", () => {
    const pace = learnt()
    const last = atPace(pace, 2_000, 22_000).at(-1)!
    pace.refused(last, last + 10)
    pace.sent(last + 1_000)
    assert.closeTo(pace.rate!, (19.4 * 20) / 21, 0.1)
  })

  it("never stands still", () => {
    const pace = new Pace()
    let now = 0
    for (let round = 0; round < 50; round++) {
      pace.sent(now)
      pace.refused(now, now + 10)
      now = Math.ceil(pace.nextSlot(now + 1_000))
    }
    pace.sent(now)
    assert.isAtLeast(pace.rate!, 0.2)
    assert.isAtMost(pace.rate!, 0.25)
    assert.isAtMost(pace.nextSlot(now) - now, 5_000)
  })
})

describe("the limit that two refusals agree on", () => {
  /** What a limit of `limit` per window, from `phase` on, has accepted of even requests, until it refused the first. */
  const round = (limit: number, phase: number, from: number, everyMs: number): RefusedRound => {
    const counts = new Map<number, number>()
    const acceptedAt: Array<number> = []
    for (let at = from; ; at += everyMs) {
      const window = Math.floor((at - phase) / 1_000)
      const count = (counts.get(window) ?? 0) + 1
      if (count > limit) return { refusedAt: at, acceptedAt: acceptedAt.filter((time) => time > at - 1_000) }
      counts.set(window, count)
      acceptedAt.push(at)
    }
  }

  it("is found wherever the windows begin, from two paces", () => {
    for (let phase = 0; phase < 1_000; phase += 130) {
      const limit = windowLimit([round(20, phase, 10_950, 8), round(20, phase, 13_219, 40)])
      assert.closeTo(limit!, 20, 2, `from ${phase} ms on`)
    }
  })

  it("is unknown after one refusal, and where they do not agree", () => {
    assert.isUndefined(windowLimit([round(20, 0, 0, 10)]))
    const few = { refusedAt: 500, acceptedAt: [100, 499] }
    const many = { refusedAt: 5_500, acceptedAt: Array.from({ length: 500 }, () => 5_500) }
    assert.isUndefined(windowLimit([few, many]))
  })
})
