/** Dates as a config writes them (RFC 3339), and the moments that they name: milliseconds since 1970. */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const HOURS = "(?:[01]\\d|2[0-3])"
const MINUTES = "[0-5]\\d"
const DATE_TIME = new RegExp(
  `^(\\d{4}-\\d{2}-\\d{2})[Tt](${HOURS}:${MINUTES}:${MINUTES})(?:\\.(\\d+))?([Zz]|[+-]${HOURS}:${MINUTES})$`,
)

/** Midnight in UTC; undefined where the calendar has no such day, such as 2026-02-30. */
const midnight = (text: string): number | undefined => {
  if (!DATE.test(text)) return undefined
  const ms = Date.parse(`${text}T00:00:00Z`)
  // A day that the month does not have is carried over to the next month, so the date must come back as it was.
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text) ? undefined : ms
}

/**
 * The moment of a date and time with an offset, such as `2026-01-31T12:00:00+05:30`; undefined where the text names none.
 * What is finer than a millisecond is rounded up: content is dated in whole ones, so that it lies before or after as it did.
 */
export const parseDateTime = (text: string): number | undefined => {
  const [, day = "", time = "", fraction = "", offset = ""] = DATE_TIME.exec(text) ?? []
  if (midnight(day) === undefined) return undefined
  const whole = Date.parse(`${day}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}${offset.toUpperCase()}`)
  return /[1-9]/.test(fraction.slice(3)) ? whole + 1 : whole
}

/** The moment of a date and time, or of a date alone: the midnight in UTC with which it begins. */
export const parseDate = (text: string): number | undefined => midnight(text) ?? parseDateTime(text)
