/** The learning by itself, step by step; how well it does under whole limits is the test beside it. */
import { assert, describe, it } from "@effect/vitest"
import { Pace } from "../../src/confluence/Pace.ts"

/** Sends `count` requests from `from` on, one each `everyMs`, all of them accepted. */
const accepted = (pace: Pace, from: number, count: number, everyMs: number) => {
  for (let n = 0; n < count; n++) {
    pace.sent(from + n * everyMs)
    pace.accepted(from + n * everyMs)
  }
}

/** A pace that has learnt a limit of 20/s from two refusals, and goes on at 5,000. */
const learnt = (): Pace => {
  const pace = new Pace()
  accepted(pace, 0, 20, 1)
  pace.sent(20)
  pace.refused(20)
  // 20 in 2 s are 10/s: from there on upwards.
  const last = atPace(pace, 2_000, 3_200).at(-1)!
  pace.refused(last)
  pace.sent(5_000)
  pace.accepted(5_000)
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

  it("begins after the first pause with what was accepted on the average, and doubles that in less than a second", () => {
    const pace = new Pace()
    accepted(pace, 0, 20, 1)
    pace.sent(20)
    pace.refused(20)
    pace.sent(2_000)
    assert.closeTo(pace.rate!, 10, 0.001)
    atPace(pace, 2_000, 3_000)
    assert.isAtLeast(pace.rate!, 20)
  })

  it("spaces requests evenly, with no burst after a pause", () => {
    const pace = learnt()
    const interval = 1_000 / pace.rate!
    const times = atPace(pace, 5_000, 9_000)
    const gaps = times.slice(2).map((time, n) => time - times[n + 1]!)
    assert.isAtLeast(Math.min(...gaps), Math.floor(interval))
    assert.isAtMost(Math.max(...gaps), Math.ceil(interval))
  })

  it("makes up for lateness of a few milliseconds, but not for a pause", () => {
    const late = learnt()
    const interval = 1_000 / late.rate!
    const slot = late.nextSlot(5_000)
    late.sent(slot + 15)
    assert.closeTo(late.nextSlot(slot + 15), slot + interval, 0.001)
    const idle = learnt()
    idle.sent(10_000)
    assert.isAtLeast(idle.nextSlot(10_000), 10_000 + interval - 30)
  })

  it("takes the refusals of one burst for one, and those that come late for nothing", () => {
    const pace = new Pace()
    accepted(pace, 0, 20, 1)
    for (let n = 20; n < 28; n++) pace.sent(n)
    for (let n = 20; n < 27; n++) pace.refused(n)
    pace.sent(2_000)
    pace.refused(27)
    pace.sent(3_000)
    assert.closeTo(pace.rate!, 10, 0.001)
  })

  it("holds a learnt rate for sixteen waits, tries a twentieth more then, and still more once that has held", () => {
    const pace = learnt()
    const base = pace.rate!
    atPace(pace, 5_000, 30_000)
    assert.strictEqual(pace.rate, base)
    atPace(pace, 30_000, 36_000)
    assert.closeTo(pace.rate!, base * 1.05, 0.001)
    atPace(pace, 36_000, 66_000)
    assert.isAtLeast(pace.rate!, base * 1.05 * 1.1)
  })

  it("takes back a step that is refused, and tries half of it later", () => {
    const pace = learnt()
    const base = pace.rate!
    const last = atPace(pace, 5_000, 36_000).at(-1)!
    pace.refused(last)
    pace.sent(38_000)
    const kept = pace.rate!
    assert.isBelow(kept, base * 1.05)
    assert.isAtLeast(kept, base)
    let now = 38_000
    for (; pace.rate === kept && now < 400_000; now += 1_000) atPace(pace, now, now + 1_000)
    assert.closeTo(pace.rate! / kept, 1.025, 0.001)
    // A small step that was refused shows that the base is right: it is held for long.
    assert.isAbove(now, 38_000 + 60_000)
  })

  it("does not try more where nobody is held back by it", () => {
    const pace = learnt()
    const base = pace.rate!
    accepted(pace, 6_000, 100, 1_000)
    assert.strictEqual(pace.rate, base)
  })

  it("goes lower when its base is refused", () => {
    const pace = learnt()
    let before = pace.rate!
    for (let round = 1; round <= 3; round++) {
      const from = 5_000 + round * 10_000
      pace.sent(from)
      const last = atPace(pace, from, from + 4_000).at(-1)!
      pace.refused(last)
      pace.sent(from + 5_500)
      assert.isBelow(pace.rate!, before)
      before = pace.rate!
    }
  })

  it("learns anew from a base that is refused twice within a second", () => {
    const pace = learnt()
    // The first of these ends a long round.
    for (const from of [10_000, 12_000, 14_000]) {
      const last = atPace(pace, from, from + 300).at(-1)!
      pace.refused(last)
      pace.sent(from + 2_000)
    }
    const average = pace.rate!
    assert.isBelow(average, 6)
    atPace(pace, 16_000, 17_500)
    assert.isAtLeast(pace.rate!, 2 * average)
  })

  it("is not changed by the refusal of another limit", () => {
    const pace = learnt()
    const base = pace.rate!
    pace.refused(5_000)
    pace.pardon(7_000)
    pace.sent(7_000)
    assert.strictEqual(pace.rate, base)
  })

  it("takes refusals in a row for one that lasts: the average falls while nothing is accepted", () => {
    const pace = new Pace()
    accepted(pace, 0, 100, 5)
    pace.sent(500)
    pace.refused(500)
    for (const at of [2_000, 3_000, 4_000]) {
      pace.sent(at)
      pace.refused(at)
    }
    pace.sent(5_000)
    // 100 in a time that ended between 4 and 5 s.
    assert.isAtLeast(pace.rate!, 20)
    assert.isAtMost(pace.rate!, 25)
  })

  it("never stands still", () => {
    const pace = new Pace()
    let now = 0
    for (let round = 0; round < 50; round++) {
      pace.sent(now)
      pace.refused(now)
      now = Math.ceil(pace.nextSlot(now + 1_000))
    }
    pace.sent(now)
    assert.isAtLeast(pace.rate!, 0.2)
    assert.isAtMost(pace.rate!, 0.25)
    assert.isAtMost(pace.nextSlot(now) - now, 5_000)
  })
})
