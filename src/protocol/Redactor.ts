/**
 * Takes secrets out of everything that is written for people: logs, traces, statuses.
 *
 * A text may hold a secret because somebody repeats what they were sent: as it is, or escaped for an address, JSON or a web
 * page, or in base64, alone or with other bytes around it; whole, or cut off. So texts are compared without their escapes and
 * without the case of letters, and a piece of a secret is masked like all of it. Records are the site's own data and are left
 * as they are.
 */
import { type View, viewsOf } from "./escapes.ts"

const MASK = "****"
/** Shorter texts are no secrets, and masking them would tear messages apart. */
const SHORTEST_SECRET = 4
/** So many characters of a secret in a row are masked wherever they are. */
const PIECE = 12
/** Of a secret's beginning, before which a text was cut off, this much tells nothing yet. */
const LONGEST_REMNANT = 5

/** The case of letters does not count, because host names lose it; and both alphabets of base64 are one. */
const folded = (text: string): string =>
  text.replaceAll(/[A-Z_-]+/g, (found) => found.toLowerCase().replaceAll("-", "+").replaceAll("_", "/"))

/** What of the base64 of a text with `secret` in it depends on the secret alone, `before` bytes (modulo 3) from its beginning. */
const base64Within = (secret: string, before: number): string => {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
  return bytes.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
}

/** What a secret may look like in a text whose escapes are gone. */
const formsOf = (secret: string): ReadonlyArray<string> => {
  const whole = [secret, viewsOf(secret).at(-1)!.text, Buffer.from(secret).toString("base64").replace(/=+$/, "")]
  const written = [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)]
  const within = [0, 1, 2].flatMap((before) => written.map((text) => base64Within(text, before)))
  return [...whole, ...(secret.length < PIECE ? [] : within)].filter((form) => form.length >= SHORTEST_SECRET)
}

/** Words are no piece of a secret: a client id, say, may begin as its secret does. */
const isOfWords = (piece: string): boolean => /^[a-z\s._-]*$/.test(piece)

/** So many characters of a form are looked up at a time, so far apart that each piece holds some of them. */
const SEED = LONGEST_REMNANT + 1
const STRIDE = PIECE - SEED + 1

const hashAt = (text: string, at: number): number => {
  let hash = 0
  for (let place = at; place < at + SEED; place++) hash = (Math.imul(hash, 31) + text.charCodeAt(place)) | 0
  return hash
}

interface Form {
  readonly folded: string
  readonly original: string
}

/** A seed of a form, and the one added before it that has the same hash. */
interface Seed {
  readonly form: Form
  readonly at: number
  readonly other: Seed | undefined
}

/** A part of a text, from a place to before another. */
type Part = readonly [from: number, to: number]

/** Where a text was shortened: at the end of a line, or before an ellipsis; escapes may have been cut through. */
const CUT = /(?:%[0-9a-f]?|\\(?:u[0-9a-f]{0,3})?|&(?:#?\w{0,6})?)*(?:…|\n|$)/gi

const placesOf = (text: string, form: string): ReadonlyArray<number> => {
  const places: Array<number> = []
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) places.push(at)
  return places
}

export interface Redactor {
  /** From now on `secret` appears nowhere. */
  readonly add: (secret: string) => void
  readonly redact: (text: string) => string
}

export const makeRedactor = (): Redactor => {
  const known = new Set<string>()
  /** Forms that are shorter than a seed. */
  const short: Array<string> = []
  const seeds = new Map<number, Seed>()

  const addForm = (original: string): void => {
    const form = { folded: folded(original), original }
    if (known.has(form.folded)) return
    known.add(form.folded)
    if (form.folded.length < SEED) short.push(form.folded)
    for (let at = 0; at + SEED <= form.folded.length; at += STRIDE) {
      const hash = hashAt(form.folded, at)
      seeds.set(hash, { form, at, other: seeds.get(hash) })
    }
  }

  /** What of a form is at a place where its seed is, as far as it goes in both directions; undefined where it tells nothing. */
  const partAt = (text: string, place: number, { form, at }: Seed, cuts: ReadonlySet<number>): Part | undefined => {
    let [from, to] = [at, at]
    while (to < form.folded.length && form.folded[to] === text[place + to - at]) to++
    if (to - from < SEED) return undefined
    while (from > 0 && place + from > at && form.folded[from - 1] === text[place + from - 1 - at]) from--
    const isWhole = to - from === form.folded.length
    const isPiece = to - from >= PIECE && !isOfWords(form.original.slice(from, to))
    const isRemnant = from === 0 && cuts.has(place + to - at)
    return isWhole || isPiece || isRemnant ? [place + from - at, place + to - at] : undefined
  }

  /** The parts of the original in which a view shows a secret. */
  const shownIn = (view: View): ReadonlyArray<Part> => {
    const text = folded(view.text)
    const cuts = new Set([...text.matchAll(CUT)].map(({ index }) => index))
    const parts = short.flatMap((form) => placesOf(text, form).map((at): Part => [at, at + form.length]))
    for (let place = 0; place + SEED <= text.length; place++) {
      for (let seed = seeds.get(hashAt(text, place)); seed !== undefined; seed = seed.other) {
        const part = partAt(text, place, seed, cuts)
        if (part !== undefined) parts.push(part)
      }
    }
    return parts.map(([from, to]) => [view.begins[from]!, view.ends[to - 1]!])
  }

  return {
    add: (secret) => {
      if (secret.length < SHORTEST_SECRET || known.has(folded(secret))) return
      for (const form of formsOf(secret)) addForm(form)
    },
    redact: (text) => {
      if (known.size === 0) return text
      let redacted = ""
      let done = -1
      for (const [from, to] of viewsOf(text)
        .flatMap(shownIn)
        .sort(([a], [b]) => a - b)) {
        if (from > done) redacted += text.slice(Math.max(done, 0), from) + MASK
        done = Math.max(done, to)
      }
      return redacted + text.slice(Math.max(done, 0))
    },
  }
}
