/**
 * Takes secrets out of everything that is written for people: logs, traces, statuses.
 *
 * A secret is known in the forms in which it travels: as it is, in base64 (alone, and as `name:secret` of HTTP Basic),
 * percent-encoded, and as JSON writes it. A line that was shortened may end in the middle of one. Records are the site's own data and are left as they are.
 */

const MASK = "****"
/** Shorter texts are no secrets, and masking them would tear messages apart. */
const SHORTEST_SECRET = 4

/** Of a secret that is cut off at the end of a line, this much tells nothing yet. */
const LONGEST_REMNANT = 5

const formsOf = (secret: string): ReadonlyArray<string> => {
  const base64 = Buffer.from(secret).toString("base64")
  return [
    secret,
    base64,
    base64.replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
  ]
}

/** `line` without the beginning of `form` that it may end in. */
const withoutRemnant = (line: string, form: string): string => {
  for (let length = form.length - 1; length > LONGEST_REMNANT; length--) {
    if (line.endsWith(form.slice(0, length))) return line.slice(0, -length) + MASK
  }
  return line
}

export interface Redactor {
  /** From now on `secret` appears nowhere. */
  readonly add: (secret: string) => void
  readonly redact: (text: string) => string
}

export const makeRedactor = (): Redactor => {
  const forms = new Set<string>()
  let ordered: ReadonlyArray<string> = []
  return {
    add: (secret) => {
      if (secret.length < SHORTEST_SECRET) return
      for (const form of formsOf(secret)) forms.add(form)
      // The longest first: a form that contains another is masked whole.
      ordered = [...forms].sort((a, b) => b.length - a.length)
    },
    redact: (text) =>
      ordered
        .reduce((redacted, form) => redacted.replaceAll(form, MASK), text)
        .split("\n")
        .map((line) => ordered.reduce(withoutRemnant, line))
        .join("\n"),
  }
}
