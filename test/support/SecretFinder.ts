/**
 * Finds secrets in what a program has left behind: in every form in which they travel, whole or in pieces, whatever the case of
 * the letters. It shares nothing with the connector's own mask, which it is to judge.
 */

/** This many characters of a secret in a row tell too much of it. */
const PIECE = 12

/** How a text spells a character of a secret. */
type Spelling = (character: string) => string

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0")
const codeOf = (character: string): number => character.codePointAt(0)!
const isPlain = (character: string): boolean => /[A-Za-z0-9]/.test(character)
const inJson: Spelling = (character) => JSON.stringify(character).slice(1, -1)
const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

/** Every way to write a text that is told from the text by its characters. */
export const SPELLINGS: Readonly<Record<string, Spelling>> = {
  "as it is": (character) => character,
  "percent-encoded": encodeURIComponent,
  "as a field of a form": (character) => new URLSearchParams([["", character]]).toString().slice(1),
  "percent-encoded in full": (character) => `%${hex(codeOf(character), 2)}`,
  "percent-encoded twice": (character) => encodeURIComponent(encodeURIComponent(character)),
  "in a JSON text": inJson,
  "in a JSON text with escaped slashes": (character) => (character === "/" ? "\\/" : inJson(character)),
  "in a JSON text of ASCII that spares signs": (character) =>
    isPlain(character) ? character : `\\u${hex(codeOf(character), 4)}`,
  "in JSON escapes alone": (character) => `\\u${hex(codeOf(character), 4)}`,
  "in a JSON text within another": (character) => inJson(inJson(character)),
  "in HTML": (character) => NAMED[character] ?? character,
  "in numbers of HTML": (character) => `&#${codeOf(character)};`,
  "in hexadecimal numbers of HTML": (character) => `&#x${hex(codeOf(character), 2)};`,
  "in a JSON text that holds HTML": (character) => inJson(NAMED[character] ?? character),
}

/** Base64 of a text that holds `secret` after `before` more bytes, without the characters that the other bytes have a part in. */
const base64Within = (secret: string, before: number): string => {
  const padded = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
  return padded.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6))
}

const reversed = (text: string): string => [...text].toReversed().join("")
const urlAlphabet = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_")

/** The texts that stand for a secret, each of which can be spelled in many ways. */
const guisesOf = (secret: string): ReadonlyArray<readonly [name: string, text: string]> => {
  const encoded = [0, 1, 2].flatMap((before) =>
    [secret, encodeURIComponent(secret), inJson(secret)].map((text) => base64Within(text, before)),
  )
  return [
    ["the secret", secret],
    ["the secret backwards", reversed(secret)],
    ...[...new Set(encoded)].flatMap((base64) => [
      ["its base64", base64] as const,
      ["its base64 for URLs", urlAlphabet(base64)] as const,
      ["its base64 backwards", reversed(base64)] as const,
    ]),
  ]
}

interface Form {
  readonly text: string
  readonly what: string
}

/** Forms by their first characters. */
type Index = ReadonlyMap<string, ReadonlyArray<Form>>

const indexOf = (secrets: Readonly<Record<string, string>>): Index => {
  const index = new Map<string, Array<Form>>()
  const known = new Set<string>()
  for (const [name, secret] of Object.entries(secrets)) {
    if (secret.length < PIECE) throw new Error(`${name} is too short to be told from other texts`)
    for (const [guise, text] of guisesOf(secret)) {
      for (const [spelling, spell] of Object.entries(SPELLINGS)) {
        const spelled = [...text].map((character) => spell(character).toLowerCase())
        for (let at = 0; at + PIECE <= spelled.length; at++) {
          const form = { text: spelled.slice(at, at + PIECE).join(""), what: `${name}: ${guise} ${spelling}` }
          if (known.has(form.text)) continue
          known.add(form.text)
          const key = form.text.slice(0, PIECE)
          index.set(key, [...(index.get(key) ?? []), form])
        }
      }
    }
  }
  return index
}

export class SecretFinder {
  readonly #index: Index

  /** `secrets`: by the names that a finding shall have; of 12 characters at least. */
  constructor(secrets: Readonly<Record<string, string>>) {
    this.#index = indexOf(secrets)
  }

  /** What a text tells of the secrets, with the place; empty where it tells nothing. */
  findings(text: string): ReadonlyArray<string> {
    const folded = text.toLowerCase()
    const found = new Map<string, string>()
    for (let at = 0; at + PIECE <= folded.length; at++) {
      for (const form of this.#index.get(folded.slice(at, at + PIECE)) ?? []) {
        if (folded.startsWith(form.text, at) && !found.has(form.what)) {
          found.set(form.what, `${form.what}, in "${text.slice(Math.max(0, at - 60), at + form.text.length + 20)}"`)
        }
      }
    }
    return [...found.values()]
  }
}
