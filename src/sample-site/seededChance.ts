/**
 * Chance that can be asked again. Everything the sample site shows is computed from (seed, kind, number), never stored,
 * so a million pages cost no memory and the same seed gives the same site, byte for byte.
 */

/** A well-mixed unsigned 32-bit number of three others (the finaliser of MurmurHash3 over a Weyl combination). */
export const hash32 = (seed: number, kind: number, number: number): number => {
  let h =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(kind + 0x7f4a7c15, 0xc2b2ae35) ^
    Math.imul(number + 1, 0x27d4eb2f)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h ^= h >>> 16
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 13)) >>> 0
}

/** The same as a fraction in [0, 1). */
export const chance = (seed: number, kind: number, number: number): number => hash32(seed, kind, number) / 4294967296

/** One of a list, by a hash. */
export const pick = <A>(list: readonly A[], hash: number): A => list[hash % list.length] as A

/** A UUID (version 4 in form) of a seed, a kind and a number. */
export const seededUuid = (seed: number, kind: number, number: number): string => {
  const hex = (part: number) =>
    hash32(seed, kind * 31 + part, number)
      .toString(16)
      .padStart(8, "0")
  const [a, b, c, d] = [hex(1), hex(2), hex(3), hex(4)]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
}

/** A short fingerprint of a text (FNV-1a), for cursors and settings; not for secrets. */
export const fingerprint = (text: string): string => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return (h >>> 0).toString(36)
}
