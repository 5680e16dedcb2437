/** The index of a stream's rows, held against a Map that knows the same. */
import { crc32 } from "node:zlib"
import { describe, expect, test } from "vitest"
import { RowIndex } from "../../src/sync/RowIndex.ts"
import { Chance } from "../simulation/chance.ts"

interface Known {
  readonly digest: number
  readonly listed: boolean
  readonly sent: boolean
}

const RUNS = 40

/** Ids as they come, and some that no number holds: too large, with zeros in front, of another kind. */
const drawId = (chance: Chance, prefix: string): string => {
  switch (chance.weighted({ small: 6, any: 4, large: 1, odd: 1 })) {
    case "small":
      return prefix + String(chance.between(1, 300))
    case "any":
      return prefix + String(Math.floor(chance.fraction() * 2 ** 52) + 1)
    case "large":
      return prefix + String(9_007_199_254_740_000n + BigInt(chance.between(0, 200_000)))
    case "odd":
      return chance.of(["", "0", "007", "12a", "att", "att0", "é漢", "9223372036854775807", `x${prefix}5`])
  }
}

const drawDigest = (chance: Chance): number => chance.of([0, 1, 0xffff_ffff, chance.draw(), chance.draw()])

/** An index and a Map to which the same has happened. */
const drawPair = (chance: Chance, prefix: string, steps: number) => {
  const index = new RowIndex(prefix)
  const model = new Map<string, Known>()
  const change = (id: string, by: Partial<Known>) => {
    const known = model.get(id)
    if (known !== undefined) model.set(id, { ...known, ...by })
  }
  const step = {
    set: (id: string) => {
      const digest = drawDigest(chance)
      index.set(id, digest)
      model.set(id, { listed: false, sent: false, ...model.get(id), digest })
    },
    delete: (id: string) => {
      index.delete(id)
      model.delete(id)
    },
    list: (id: string) => {
      index.markListed(id)
      change(id, { listed: true })
    },
    send: (id: string) => {
      expect(index.markSent(id)).toBe(model.get(id)?.sent === false)
      change(id, { sent: true })
    },
    forgetListed: () => {
      index.forgetListed()
      for (const id of model.keys()) change(id, { listed: false })
    },
    forgetDigests: () => {
      index.forgetDigests()
      for (const id of model.keys()) change(id, { digest: 0 })
    },
  }
  const ids = new Set<string>()
  for (let done = 0; done < steps; done++) {
    const id = ids.size > 0 && chance.happens(0.4) ? chance.of([...ids]) : drawId(chance, prefix)
    ids.add(id)
    step[chance.weighted({ set: 12, delete: 4, list: 6, send: 4, forgetListed: 0.1, forgetDigests: 0.05 })](id)
  }
  return { index, model, ids }
}

const expectSame = (index: RowIndex, model: ReadonlyMap<string, Known>, ids: Iterable<string>): void => {
  expect(index.size).toBe(model.size)
  for (const id of ids) expect(index.get(id), id).toBe(model.get(id)?.digest)
  const missing = [...model].flatMap(([id, { listed }]) => (listed ? [] : [id]))
  expect([...index.notListed()].sort()).toEqual(missing.sort())
}

describe("an index of rows", () => {
  for (const prefix of ["", "att"]) {
    test(`knows what a Map knows, whatever happens to it, where ids begin with "${prefix}"`, () => {
      for (let seed = 1; seed <= RUNS; seed++) {
        const chance = new Chance(seed)
        const { index, model, ids } = drawPair(chance, prefix, chance.spread(5, 400))
        expectSame(index, model, ids)
      }
    })

    test(`is the same after it was text, with no marks, where ids begin with "${prefix}"`, () => {
      for (let seed = 1; seed <= RUNS; seed++) {
        const chance = new Chance(seed)
        const { index, model, ids } = drawPair(chance, prefix, chance.spread(5, 400))
        const again = RowIndex.decode(index.encode(), prefix)!
        const unmarked = [...model].map(([id, { digest }]) => [id, { digest, listed: false, sent: false }] as const)
        expectSame(again, new Map(unmarked), ids)
        for (const id of model.keys()) expect([again.markSent(id), again.markSent(id)]).toEqual([true, false])
      }
    })
  }

  test("grows beyond its first tables, and removed rows stay removed", () => {
    const index = new RowIndex()
    for (let id = 1; id <= 10_000; id++) index.set(String(id * 7), id)
    for (let id = 1; id <= 10_000; id += 3) index.delete(String(id * 7))
    for (let id = 1; id <= 20_000; id += 1) {
      if (id > 10_000) index.set(String(id * 7), id)
      expect(index.get(String(id * 7))).toBe(id <= 10_000 && id % 3 === 1 ? undefined : id)
    }
    expect(index.size).toBe(20_000 - 3_334)
  })

  const sizeOf = (ids: ReadonlyArray<string>, prefix = ""): number => {
    const chance = new Chance(5)
    const index = new RowIndex(prefix)
    for (const id of ids) index.set(id, chance.draw())
    return index.encode().length / ids.length
  }
  /** Ids with such distances on average. */
  const idsFrom = (first: bigint, distance: number): ReadonlyArray<string> => {
    const chance = new Chance(6)
    let id = first
    return Array.from({ length: 10_000 }, () =>
      String((id += BigInt(1 + Math.floor(chance.fraction() * 2 * distance)))),
    )
  }
  const mixed = (ids: ReadonlyArray<string>): ReadonlyArray<string> => {
    const chance = new Chance(8)
    return ids
      .map((id) => [chance.fraction(), id] as const)
      .sort(([one], [other]) => one - other)
      .map(([, id]) => id)
  }

  for (const [what, first, distance, most] of [
    ["of ten digits", 1_000_000n, 100_000, 8.5],
    ["of twelve digits", 100_000_000_000n, 25_000_000, 10],
    ["above 2^53", 2n ** 53n, 5000, 8],
    ["of a shard above 2^56", 2n ** 56n, 100_000, 8.5],
    ["of 19 digits, far apart", 1_082_294_292_000_000_000n, 2 ** 35, 12],
  ] as const)
    test(`takes ${most} bytes of text for a row at most, whatever the order in which ids ${what} came`, () => {
      const ids = idsFrom(first, distance)
      for (const order of [ids, ids.toReversed(), mixed(ids)]) expect(sizeOf(order)).toBeLessThan(most)
      expect(
        sizeOf(
          ids.map((id) => `att${id}`),
          "att",
        ),
      ).toBeLessThan(most)
    })

  test("takes no more for small and large ids side by side", () => {
    const ids = mixed([...idsFrom(1_000_000n, 100_000), ...idsFrom(2n ** 56n, 100_000)])
    expect(sizeOf(ids)).toBeLessThan(8.5)
  })
})

describe("the text of an index", () => {
  const text = drawPair(new Chance(7), "", 300).index.encode()

  test("is none where it was cut anywhere", () => {
    for (let length = 0; length < text.length - 3; length++)
      expect(RowIndex.decode(text.slice(0, length))).toBeUndefined()
  })

  test("is none where any byte of it is another", () => {
    const bytes = Buffer.from(text, "base64")
    for (let at = 0; at < bytes.length; at++) {
      for (const bits of [1, 0x80, 0xff]) {
        const other = Buffer.from(bytes)
        other[at]! ^= bits
        expect(RowIndex.decode(other.toString("base64")), `byte ${at} ^ ${bits}`).toBeUndefined()
      }
    }
  })

  test("is none where it is of another version, though whole", () => {
    const bytes = Buffer.from(text, "base64")
    expect(bytes.readUInt32LE(1)).toBe(crc32(bytes.subarray(5)))
    bytes[0] = 3
    expect(RowIndex.decode(bytes.toString("base64"))).toBeUndefined()
    for (const other of ["", "AAAA", "no base64!", "é"]) expect(RowIndex.decode(other)).toBeUndefined()
  })
})

/** Written by the version before, which kept ids from 2^52 on as texts. */
const OLD_TEXT =
  "AUt0N50C8sABAQAAAPCPBQcAAAAEE2F0dDkwMDcxOTkyNTQ3NDA5OTMJAAAAFmF0dDkyMjMzNzIwMzY4NTQ3NzU4MDcKAAAAA29kZAsAAAAGYXR0MDA3DAAAAA=="

test("the text of an earlier version is the same index", () => {
  const index = RowIndex.decode(OLD_TEXT, "att")!
  const digests = { att12345: 1, att54321: 7, att9007199254740993: 9, att9223372036854775807: 10, odd: 11, att007: 12 }
  expect(index.size).toBe(6)
  const again = RowIndex.decode(index.encode(), "att")!
  for (const each of [index, again]) {
    expect([...each.notListed()].sort()).toEqual(Object.keys(digests).sort())
    for (const [id, digest] of Object.entries(digests)) expect(each.get(id), id).toBe(digest)
    expect(each.get("att98765")).toBeUndefined()
  }
  expect(RowIndex.decode(OLD_TEXT.slice(0, -8), "att")).toBeUndefined()
})
