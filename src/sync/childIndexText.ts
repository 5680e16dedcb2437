/**
 * An index of what contents have as text, in some 4 to 11 bytes of state a row.
 *
 * Form 2: the ids that are texts; then for each kind of content how many there are of it, and for each of these, in the order of their ids,
 * its distance from the one before, how many rows it has, and for each row, in their order, its distance and 16 bits of digest. The
 * distance of a content's first row is from the first row of the content before. Distances are as wide as takes least for all of their sort
 * (bits.ts). Form 1, which earlier versions wrote, is read: bytes, with ids of 16 digits and more as texts.
 */
import { IdNumbers, Words } from "../site/idNumbers.ts"
import { BitReader, BitWriter, Widths } from "./bits.ts"
import { asText, ofText } from "./indexText.ts"
import { ByteReader } from "./varints.ts"

const FORM = 2
const FORM_OF_BYTES = 1
const DIGEST = 16
/** Kinds of content have numbers below this. */
const KINDS = 16

export interface KnownChildren {
  /** For each kind the places of its contents, in the order of their numbers; none without rows. */
  readonly places: ReadonlyArray<ReadonlyArray<number> | undefined>
  readonly contentAt: (place: number, into: Words) => Words
  /** In the order of their numbers. */
  readonly rowsOf: (place: number) => ReadonlyArray<number>
  readonly childAt: (row: number, into: Words) => Words
  readonly digestAt: (row: number) => number
  readonly idOf: (number: Words) => string
}

const SORTS = ["content", "count", "first", "more"] as const
type Sort = (typeof SORTS)[number]

/** Hands over what is written of the contents of a kind, each time the same. Texts that are nothing's id any more leave no gap. */
const eachNumber = (
  { contentAt, rowsOf, childAt, digestAt, idOf }: KnownChildren,
  places: ReadonlyArray<number>,
  texts: IdNumbers,
  onDistance: (sort: Sort, distance: Words) => void,
  onDigest: (digest: number) => void,
): void => {
  const [content, contentBefore, child, before, first, distance] = Array.from({ length: 6 }, () => new Words())
  const written = (number: Words) => (number.isText ? texts.of(idOf(number), number) : number)
  for (const place of places) {
    written(contentAt(place, content!))
    onDistance("content", distance!.difference(contentBefore!, content!))
    contentBefore!.set(content!.low, content!.high)
    const rows = rowsOf(place)
    onDistance("count", distance!.set(rows.length - 1, 0))
    for (const row of rows) {
      written(childAt(row, child!))
      if (row === rows[0]) {
        onDistance("first", distance!.difference(first!, child!).folded())
        first!.set(child!.low, child!.high)
      } else onDistance("more", distance!.difference(before!, child!))
      before!.set(child!.low, child!.high)
      onDigest(digestAt(row))
    }
  }
}

export const childrenAsText = (known: KnownChildren): string => {
  const texts = new IdNumbers()
  const kinds = Array.from({ length: KINDS }, (_, kind) => {
    const places = known.places[kind] ?? []
    const widths = { content: new Widths(), count: new Widths(), first: new Widths(), more: new Widths() }
    eachNumber(
      known,
      places,
      texts,
      (sort, distance) => widths[sort].note(distance),
      () => {},
    )
    return { places, widths }
  })
  const writer = new BitWriter(1024)
  const all = texts.texts
  writer.bits(all.length, 32)
  for (const text of all) writer.text(text)
  for (const { places, widths } of kinds) {
    writer.bits(places.length, 32)
    if (places.length === 0) continue
    const best = {
      content: widths.content.best,
      count: widths.count.best,
      first: widths.first.best,
      more: widths.more.best,
    }
    for (const sort of SORTS) writer.bits(best[sort], 8)
    eachNumber(
      known,
      places,
      texts,
      (sort, distance) => writer.distance(distance, best[sort]),
      (digest) => writer.bits(digest, DIGEST),
    )
  }
  return asText(FORM, writer.bytes)
}

/** Takes contents, each followed by its rows. */
export interface ReadChildren {
  /** Gives numbers to ids. */
  readonly numbers: IdNumbers
  readonly content: (kind: number, content: Words) => void
  readonly row: (child: Words, digest: number) => void
}

const ofBits = (body: Buffer, { numbers, content, row }: ReadChildren): void => {
  const reader = new BitReader(body)
  const texts = Array.from({ length: reader.bits(32) }, () => reader.text())
  const [contentId, child, first, distance, own] = Array.from({ length: 5 }, () => new Words())
  const numberOf = (number: Words): Words => (number.isText ? numbers.of(texts[number.low]!, own!) : number)
  for (let kind = 0; kind < KINDS; kind++) {
    let left = reader.bits(32)
    if (left === 0) continue
    const widths = { content: reader.bits(8), count: reader.bits(8), first: reader.bits(8), more: reader.bits(8) }
    contentId!.set(0, 0)
    first!.set(0, 0)
    for (; left > 0; left--) {
      content(kind, numberOf(contentId!.add(reader.distance(widths.content, distance!))))
      const rows = reader.distance(widths.count, distance!).low + 1
      first!.add(reader.distance(widths.first, distance!).unfolded())
      child!.set(first!.low, first!.high)
      for (let at = 0; at < rows; at++) {
        if (at > 0) child!.add(reader.distance(widths.more, distance!))
        row(numberOf(child!), reader.bits(DIGEST))
      }
    }
  }
}

const ofBytes = (body: Buffer, { numbers, content, row }: ReadChildren): void => {
  const reader = new ByteReader(body)
  const texts = Array.from({ length: reader.integer() }, () => reader.text())
  const own = new Words()
  const numberOf = (number: number) => numbers.of(number < 0 ? texts[-number - 1]! : String(number), own)
  let contentId = 0
  let child = 0
  for (let left = reader.integer(); left > 0; left--) {
    contentId += reader.signed()
    const told = reader.integer()
    const rows = Math.floor(told / KINDS)
    if (rows > 0) content(told % KINDS, numberOf(contentId))
    for (let at = 0; at < rows; at++) {
      child += reader.signed()
      row(numberOf(child), reader.two())
    }
  }
}

/** Hands over what a text holds; false for a text that is no index, or not whole. */
export const readChildren = (text: string, into: ReadChildren): boolean => {
  const told = ofText(text)
  if (told?.form === FORM) ofBits(told.body, into)
  else if (told?.form === FORM_OF_BYTES) ofBytes(told.body, into)
  else return false
  return true
}
