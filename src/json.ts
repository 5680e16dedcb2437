/** JSON of others, of which nothing is known before it is looked at. */

/** Whether a value is a JSON object: neither null nor an array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
