/**
 * A set of account ids as text, for states: about 16 bytes an account, 12 for the older kind, and a third more as base64.
 *
 * Nearly all ids are 24 hexadecimal digits, or a UUID with a few characters before it (`712020:7c9e…`); both are packed as
 * bytes, the UUIDs by what is before them. Others are kept as they are. What deflate makes of that takes a checksum with it: a
 * text that was cut or garbled does not pass for a set.
 */
import { deflateSync, inflateSync } from "node:zlib"

const HEX = /^[0-9a-f]{24}$/
const UUID = /^(.*)([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/s
/** The most that a text may unpack to: a million accounts. */
const MOST_BYTES = 32_000_000

/** The digits of ids, 12 or 16 bytes each, by what is before them and how they are written. */
type Group = readonly [before: string, form: "hex" | "uuid", digits: Array<string>]

const LENGTHS = { hex: 24, uuid: 32 } as const

const asUuid = (digits: string): string =>
  [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join("-")

/** The same text for the same accounts, in whichever order they came. */
export const packAccounts = (ids: Iterable<string>): string => {
  const groups = new Map<string, Group>()
  const others: Array<string> = []
  const add = (before: string, form: Group[1], digits: string) => {
    const group = groups.get(form + before) ?? ([before, form, []] as const)
    groups.set(form + before, group)
    group[2].push(digits)
  }
  for (const id of [...ids].sort()) {
    const [, before, ...parts] = UUID.exec(id) ?? []
    if (before !== undefined) add(before, "uuid", parts.join(""))
    else if (HEX.test(id)) add("", "hex", id)
    else others.push(id)
  }
  const packed = [...groups.values()]
  const head = JSON.stringify([packed.map(([before, form, digits]) => [before, form, digits.length]), others])
  const body = packed.flatMap(([, , digits]) => digits).join("")
  return deflateSync(Buffer.concat([Buffer.from(`${head}\n`), Buffer.from(body, "hex")])).toString("base64")
}

/** The accounts of a text; undefined for a text that is no such set, or not whole. */
export const unpackAccounts = (text: string): ReadonlySet<string> | undefined => {
  try {
    const bytes = inflateSync(Buffer.from(text, "base64"), { maxOutputLength: MOST_BYTES })
    const end = bytes.indexOf("\n")
    const [groups, others] = JSON.parse(bytes.toString("utf8", 0, end)) as [
      ReadonlyArray<[string, Group[1], number]>,
      string[],
    ]
    const body = bytes.toString("hex", end + 1)
    const ids = new Set(others)
    let at = 0
    for (const [before, form, count] of groups) {
      for (let left = count; left > 0; left--) {
        const digits = body.slice(at, (at += LENGTHS[form]))
        ids.add(before + (form === "uuid" ? asUuid(digits) : digits))
      }
    }
    return at === body.length ? ids : undefined
  } catch {
    return undefined
  }
}
