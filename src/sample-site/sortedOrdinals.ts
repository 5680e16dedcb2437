/** Puts the ordinals of a large generated collection in order, in typed arrays and without keeping their keys. */

/** Whether one item comes before another in an order: by key, then by ordinal. */
export const precedes = (keyA: number | string, a: number, keyB: number | string, b: number): boolean =>
  keyA === keyB ? a < b : keyA < keyB

/** Sorts ordinals by time, ties by ordinal: by whole seconds in one native sort of doubles, then within equal seconds. */
export const sortByTime = (count: number, at: (ordinal: number) => number): Uint32Array => {
  // Seconds since 2016 in 29 bits and the ordinal in 24 make a whole number that a double holds exactly.
  const WIDTH = 16_777_216
  const SINCE = Date.UTC(2016, 0, 1)
  const keys = new Float64Array(count)
  for (let i = 0; i < count; i++) keys[i] = Math.floor((at(i) - SINCE) / 1000) * WIDTH + i
  keys.sort()
  const sorted = new Uint32Array(count)
  for (let i = 0; i < count; i++) sorted[i] = keys[i]! % WIDTH
  for (let from = 0; from < count;) {
    const second = Math.floor(keys[from]! / WIDTH)
    let to = from + 1
    while (to < count && Math.floor(keys[to]! / WIDTH) === second) to++
    if (to - from > 1) sorted.subarray(from, to).sort((a, b) => at(a) - at(b) || a - b)
    from = to
  }
  return sorted
}

/**
 * Sorts ordinals by title, ties by ordinal. Group by group, by the first three code units, so that only one group's titles
 * are in memory at a time.
 */
export const sortByTitle = (count: number, title: (ordinal: number) => string): Uint32Array => {
  const groups = new Map<number, number[]>()
  for (let i = 0; i < count; i++) {
    const text = title(i)
    const unit = (at: number) => (at < text.length ? text.charCodeAt(at) : 0)
    const key = (unit(0) * 65_536 + unit(1)) * 65_536 + unit(2)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [i])
    else group.push(i)
  }
  const sorted = new Uint32Array(count)
  let at = 0
  for (const key of [...groups.keys()].sort((a, b) => a - b)) {
    const members = (groups.get(key) as number[]).map((ordinal) => ({ ordinal, title: title(ordinal) }))
    members.sort((a, b) => (precedes(a.title, a.ordinal, b.title, b.ordinal) ? -1 : 1))
    for (const { ordinal } of members) sorted[at++] = ordinal
  }
  return sorted
}
