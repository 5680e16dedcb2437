/**
 * An index of rows as text: in 7 to 9 bytes of state a row at the distances that Confluence's ids have, and in less than 12 as long as these
 * are below 2^37.
 *
 * Form 2: how many ids are texts, and these; how many ids there are; the width of their distances (bits.ts); for each id, in their order,
 * its distance from the one before, and 32 bits of digest. Form 1, which earlier versions wrote, is read: bytes, with ids from 2^52 on as
 * texts.
 */
import { type NumberArray, Words } from "../site/idNumbers.ts"
import { BitReader, BitWriter, Widths } from "./bits.ts"
import { asText, ofText } from "./indexText.ts"
import { ByteReader } from "./varints.ts"

const FORM = 2
const FORM_OF_BYTES = 1
const DIGEST = 32

export interface KnownRows {
  /** In their order. */
  readonly numbers: NumberArray
  readonly digestOf: (number: Words) => number
  readonly idOf: (number: Words) => string
}

/** Calls `onDistance` for each of some sorted numbers; those that are texts are counted anew, so that texts of rows that went leave no gap. */
const eachDistance = (numbers: NumberArray, onDistance: (distance: Words, number: Words) => void): void => {
  const [number, written, before, distance] = [new Words(), new Words(), new Words(), new Words()]
  let texts = 0
  for (let at = 0; at < numbers.length; at++) {
    numbers.at(at, number)
    written.set(number.isText ? texts++ : number.low, number.high)
    onDistance(distance.difference(before, written), number)
    before.set(written.low, written.high)
  }
}

export const rowsAsText = ({ numbers, digestOf, idOf }: KnownRows): string => {
  const widths = new Widths()
  const texts: Array<string> = []
  eachDistance(numbers, (distance, number) => {
    widths.note(distance)
    if (number.isText) texts.push(idOf(number))
  })
  const width = widths.best
  const writer = new BitWriter(64 + numbers.length * 8)
  writer.bits(texts.length, 32)
  for (const text of texts) writer.text(text)
  writer.bits(numbers.length, 32)
  writer.bits(width, 8)
  eachDistance(numbers, (distance, number) => {
    writer.distance(distance, width)
    writer.bits(digestOf(number), DIGEST)
  })
  return asText(FORM, writer.bytes)
}

export interface ReadRows {
  readonly number: (number: Words, digest: number) => void
  readonly text: (id: string, digest: number) => void
}

const ofBits = (body: Buffer, { number, text }: ReadRows): void => {
  const reader = new BitReader(body)
  const texts = Array.from({ length: reader.bits(32) }, () => reader.text())
  let left = reader.bits(32)
  const width = reader.bits(8)
  const [at, distance] = [new Words(), new Words()]
  for (; left > 0; left--) {
    at.add(reader.distance(width, distance))
    const digest = reader.bits(DIGEST)
    if (at.isText) text(texts[at.low]!, digest)
    else number(at, digest)
  }
}

const ofBytes = (body: Buffer, { number, text }: ReadRows): void => {
  const reader = new ByteReader(body)
  const words = new Words()
  let at = 0
  for (let left = reader.integer(); left > 0; left--) {
    at += reader.signed()
    number(words.set(at >>> 0, Math.floor(at / 2 ** 32)), reader.four())
  }
  for (let left = reader.integer(); left > 0; left--) {
    const id = reader.text()
    text(id, reader.four())
  }
}

/** Hands over the rows that a text holds; false for a text that is no index, or not whole. */
export const readRows = (text: string, rows: ReadRows): boolean => {
  const told = ofText(text)
  if (told?.form === FORM) ofBits(told.body, rows)
  else if (told?.form === FORM_OF_BYTES) ofBytes(told.body, rows)
  else return false
  return true
}
