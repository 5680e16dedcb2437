/** Keys of spaces with wildcards: `*` stands for any run of characters, also for none; everything else for itself. */

/** The same pattern with the fewest `*`: in a row they say no more than one. */
export const simplified = (pattern: string): string => pattern.replaceAll(/\*+/g, "*")

/**
 * Whether a pattern matches a key as a whole, such as `~*` the key `~ada`. No regular expression, which some patterns would
 * keep busy without end: each part between two `*` is taken where it first occurs, which leaves the most for those behind it.
 */
export const matches = (pattern: string, key: string): boolean => {
  const [first = "", ...parts] = pattern.split("*")
  const last = parts.pop()
  if (last === undefined) return pattern === key
  if (!key.startsWith(first)) return false
  let at = first.length
  for (const part of parts) {
    const found = key.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return key.length - last.length >= at && key.endsWith(last)
}
