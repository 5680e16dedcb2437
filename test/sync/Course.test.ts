/** A list that is walked from its two ends: no row is left out, however the ends advance. */
import { describe, expect, test } from "vitest"
import type { Row } from "../../src/confluence/Listing.ts"
import { byCreation, byId, Course, type Side } from "../../src/sync/Course.ts"
import { Chance } from "../simulation/chance.ts"

interface Numbered extends Row {
  readonly number: number
  readonly createdAt: string
}

const timeOf = (hours: number): string => new Date(Date.UTC(2026, 0, 1, hours)).toISOString()

/** Rows in the order of their times, of which many are the same. */
const drawSorted = (chance: Chance, count: number): ReadonlyArray<Numbered> => {
  const hours = Array.from({ length: count }, () => chance.between(0, Math.ceil(count / chance.between(1, 6))))
  return hours.toSorted((a, b) => a - b).map((hour, number) => ({ number, createdAt: timeOf(hour) }))
}

/** The same the other way round; rows of one time come in any order. */
const reversed = (chance: Chance, rows: ReadonlyArray<Numbered>): ReadonlyArray<Numbered> => {
  const places = rows.map(() => chance.fraction())
  return rows.toSorted((a, b) => byCreation.compare(b.createdAt, a.createdAt) || places[a.number]! - places[b.number]!)
}

/** One end at work: its list, where it is in it, and up to where it passes over rows. */
class End {
  at = 0
  passTo: string | undefined
  readonly list: ReadonlyArray<Numbered>
  readonly side: Side
  constructor(list: ReadonlyArray<Numbered>, side: Side) {
    this.list = list
    this.side = side
  }
  beginAnew(): void {
    this.at = 0
    this.passTo = this.side.position.l
  }
  page(course: Course, size: number): ReadonlyArray<Row> {
    const rows = this.list.slice(this.at, this.at + size)
    this.at += rows.length
    const taken = course.take(this.side, rows, this.passTo)
    if (taken.isBeyond) this.passTo = undefined
    this.side.position = taken.last === undefined ? {} : { l: taken.last }
    this.side.over = this.at === this.list.length
    this.side.rows += rows.length
    return taken.rows
  }
}

const walk = (chance: Chance, rows: ReadonlyArray<Numbered>, restarts: number) => {
  const course = new Course(byCreation, {}, {})
  const ends = [new End(rows, course.front), new End(reversed(chance, rows), course.back)]
  const times = new Map<number, number>()
  let left = restarts
  while (!course.over) {
    const end = chance.of(ends)
    if (left > 0 && chance.happens(0.1)) {
      left--
      end.beginAnew()
    }
    for (const { number } of end.page(course, chance.between(1, 9)) as ReadonlyArray<Numbered>) {
      times.set(number, (times.get(number) ?? 0) + 1)
    }
  }
  return { course, times }
}

describe("a sorted list that is walked from both ends", () => {
  test("is over when every row was taken, by each end once at most", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const chance = new Chance(seed)
      const rows = drawSorted(chance, chance.spread(1, 120))
      const { course, times } = walk(chance, rows, 0)
      expect(times.size, `seed ${seed}`).toBe(rows.length)
      expect(Math.max(...times.values())).toBeLessThanOrEqual(2)
      expect(course.sorted).toBe(true)
    }
  })

  test("is so too where it is begun anew on the way, and only rows like the last one come again for it", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const chance = new Chance(seed)
      const rows = drawSorted(chance, chance.spread(1, 120))
      const { times } = walk(chance, rows, 3)
      expect(times.size, `seed ${seed}`).toBe(rows.length)
      expect(Math.max(...times.values())).toBeLessThanOrEqual(5)
    }
  })

  test("goes on from a state as if it had not been cut off", () => {
    const row = (hour: number): Numbered => ({ number: hour, createdAt: timeOf(hour) })
    const course = new Course(byCreation, { l: timeOf(4) }, { l: timeOf(6) })
    expect(course.over).toBe(false)
    expect(course.take(course.front, [row(2), row(3)], timeOf(4))).toEqual({
      rows: [],
      last: timeOf(4),
      isBeyond: false,
    })
    expect(course.take(course.front, [row(4), row(5)], timeOf(4))).toEqual({
      rows: [row(4), row(5)],
      last: timeOf(5),
      isBeyond: true,
    })
  })
})

describe("a list without order", () => {
  const rowsOf = (...ids: ReadonlyArray<number>): ReadonlyArray<Row> => ids.map((id) => ({ id: String(id) }))

  for (const [where, pages] of [
    ["within a page", [[1, 2, 9, 4]]],
    [
      "from page to page",
      [
        [1, 5],
        [4, 6],
      ],
    ],
    ["as text but not as numbers", [[99, 100, 9]]],
  ] as const) {
    test(`is noticed where it goes back ${where}, and all of its rows are taken from then on`, () => {
      const course = new Course(byId, {}, {})
      for (const page of pages) {
        const { last } = course.take(course.front, rowsOf(...page), undefined)
        course.front.position = last === undefined ? {} : { l: last }
      }
      expect(course.sorted).toBe(false)
      const rows = rowsOf(3, 1)
      expect(course.take(course.front, rows, "8")).toEqual({ rows, last: undefined, isBeyond: true })
    })
  }

  test("is over at the end of its front alone", () => {
    const course = new Course(byId, {}, {})
    course.take(course.back, rowsOf(1, 2), undefined)
    course.back.over = true
    expect([course.sorted, course.over]).toEqual([false, false])
    course.front.over = true
    expect(course.over).toBe(true)
  })

  test("is not taken for one where ids grow by a digit", () => {
    const course = new Course(byId, {}, {})
    course.take(course.front, rowsOf(9, 10, 99, 100, 1e15), undefined)
    expect(course.sorted).toBe(true)
  })
})

describe("what is left of a list", () => {
  test("is guessed by the keys of its ends, and unknown before both have begun", () => {
    const rows = Array.from({ length: 1_000 }, (_, each) => ({ id: String(1_000_000 + each * 10) }))
    const course = new Course(byId, {}, {})
    const take = (side: Side, some: ReadonlyArray<Row>) => {
      side.position = { l: course.take(side, some, undefined).last! }
      side.rows += some.length
    }
    take(course.front, rows.slice(0, 100))
    expect(course.rowsLeft()).toBeUndefined()
    take(course.back, rows.slice(-100).toReversed())
    expect(course.rowsLeft()! / 800).toBeCloseTo(1, 1)
  })
})
