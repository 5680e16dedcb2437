/**
 * Texts without their escapes: those of addresses and forms (`%2F`), of JSON (`\u002f`, `\/`) and of web pages (`&#47;`, `&lt;`),
 * in any mixture and within each other.
 */

/** A text as it is compared, and where in the original each of its characters begins and ends. */
export interface View {
  readonly text: string
  readonly begins: ReadonlyArray<number>
  readonly ends: ReadonlyArray<number>
}

/** Escapes within escapes are taken off so many times at most. */
const LAYERS = 8

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
const SHORT: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }

const ESCAPE =
  /%([0-7][0-9a-f])|((?:%[89a-f][0-9a-f])+)|\\u([0-9a-f]{4})|\\(["\\/bfnrt])|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(amp|lt|gt|quot|apos);/gi

const character = (code: number): string => (code <= 0x10_ffff ? String.fromCodePoint(code) : "\uFFFD")

const unescaped = ([, ascii, bytes, unit, sign, hexadecimal, decimal, name]: RegExpExecArray): string => {
  const code = ascii ?? unit ?? hexadecimal
  if (code !== undefined) return character(Number.parseInt(code, 16))
  if (decimal !== undefined) return character(Number(decimal))
  if (bytes !== undefined) return Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8")
  return sign === undefined ? NAMED[name!.toLowerCase()]! : (SHORT[sign] ?? sign)
}

/** A view with a layer of escapes less; undefined where there is none. */
const withoutLayer = ({ text, begins, ends }: View): View | undefined => {
  let shorter = ""
  const [newBegins, newEnds]: [Array<number>, Array<number>] = [[], []]
  const take = (taken: string, from: number, to: number) => {
    shorter += taken
    for (let count = 0; count < taken.length; count++) {
      newBegins.push(begins[from]!)
      newEnds.push(ends[to - 1]!)
    }
  }
  let done = 0
  const takePlain = (to: number) => {
    for (; done < to; done++) take(text[done]!, done, done + 1)
  }
  for (const match of text.matchAll(ESCAPE)) {
    takePlain(match.index)
    done += match[0].length
    take(unescaped(match), match.index, done)
  }
  if (done === 0) return undefined
  takePlain(text.length)
  return { text: shorter, begins: newBegins, ends: newEnds }
}

/** The text as it is, then with a layer of escapes less each time, to the one without any. */
export const viewsOf = (text: string): readonly [View, ...ReadonlyArray<View>] => {
  let view: View = {
    text,
    begins: Array.from({ length: text.length }, (_, at) => at),
    ends: Array.from({ length: text.length }, (_, at) => at + 1),
  }
  const views: [View, ...Array<View>] = [view]
  for (let layer = 0; layer < LAYERS; layer++) {
    const next = withoutLayer(view)
    if (next === undefined) break
    views.push(next)
    view = next
  }
  return views
}
