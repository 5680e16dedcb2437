/** The learning of how many requests may be in flight, step by step. */
import { assert, describe, it } from "@effect/vitest"
import { InFlight } from "../../src/confluence/InFlight.ts"

/** `count` requests at once, of which the site accepts `most`; answered after 100 ms. Then the wait of a second. */
const burst = (inFlight: InFlight, at: number, count: number, most: number): boolean => {
  const sent = Array.from({ length: count }, () => ({ at, inFlight: inFlight.sent() }))
  for (const [n, ticket] of sent.entries()) {
    inFlight.ended()
    if (n < most) inFlight.accepted(ticket, at + 100)
    else inFlight.refused(at)
  }
  return count > most && inFlight.resume(at + 1_100)
}

/** The same, as many as there are slots. */
const full = (inFlight: InFlight, at: number, most: number): boolean => {
  assert.isTrue(inFlight.hasFreeSlot())
  const slots = inFlight.most
  for (let n = 0; n < slots; n++) inFlight.sent()
  inFlight.hasFreeSlot()
  for (let n = 0; n < slots; n++) inFlight.ended()
  return burst(inFlight, at, slots, most)
}

describe("the requests in flight", () => {
  it("are as many as the first refusal has shown to be accepted at once", () => {
    const inFlight = new InFlight(8)
    assert.isFalse(burst(inFlight, 0, 8, 4))
    assert.strictEqual(inFlight.most, 4)
  })

  it("are more again, two seconds after a refusal, where more are accepted", () => {
    const inFlight = new InFlight(8)
    burst(inFlight, 0, 8, 4)
    full(inFlight, 2_000, 8)
    assert.strictEqual(inFlight.most, 4)
    for (let at = 4_000; at < 10_000; at += 1_000) full(inFlight, at, 8)
    assert.strictEqual(inFlight.most, 8)
  })

  it("go back when more are refused, which says nothing of the pace, and wait far longer", () => {
    const inFlight = new InFlight(8)
    burst(inFlight, 0, 8, 4)
    full(inFlight, 4_000, 4)
    assert.strictEqual(inFlight.most, 5)
    assert.isTrue(full(inFlight, 5_000, 4))
    assert.strictEqual(inFlight.most, 4)
    full(inFlight, 10_000, 4)
    assert.strictEqual(inFlight.most, 4)
    full(inFlight, 70_000, 4)
    assert.strictEqual(inFlight.most, 5)
  })

  it("are not limited where fewer are refused than were accepted before", () => {
    const inFlight = new InFlight(8)
    burst(inFlight, 0, 8, 4)
    burst(inFlight, 2_000, 3, 3)
    assert.isFalse(burst(inFlight, 3_000, 2, 1))
    assert.strictEqual(inFlight.most, 8)
  })
})
