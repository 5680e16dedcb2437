/** What is written to stdout: whole lines, and no character within them that some readers take for the end of one. */
import { PassThrough } from "node:stream"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { logLine } from "../../src/protocol/messages.ts"
import { Output } from "../../src/protocol/Output.ts"
import { recordLines } from "../../src/protocol/recordLines.ts"

const written = async (...texts: ReadonlyArray<string>): Promise<Buffer> => {
  const stream = new PassThrough()
  const chunks: Array<Buffer> = []
  stream.on("data", (chunk: Buffer) => void chunks.push(chunk))
  const program = Effect.forEach(texts, (text) => Output.use((output) => output.write(text)), { discard: true })
  await Effect.runPromise(Effect.provide(program, Output.toStream(stream)))
  return Buffer.concat(chunks)
}

const ODD = "a\u0085b\u2028\u2028c\u2029d\re\nf → ä 漢 🤖\u0085"

test("a line holds no line end of Unicode, in records and in all other messages", async () => {
  const rows = [
    { id: "1", title: "plain" },
    { id: "2", title: ODD, [ODD]: null },
  ]
  const bytes = await written(recordLines({ name: "pages", namespace: ODD }, rows, 0), logLine("INFO", ODD))
  const text = bytes.toString()
  expect(text).not.toMatch(/[\u0085\u2028\u2029\r]/)
  const lines = text.split("\n")
  expect(lines).toHaveLength(4)
  expect(JSON.parse(lines[1]!)).toMatchObject({ record: { namespace: ODD, data: rows[1] } })
  expect(JSON.parse(lines[2]!)).toMatchObject({ log: { message: ODD } })
})

test("bytes that only look like such a character in another one stay as they are", async () => {
  // U+00C5 ends with the byte that U+0085 ends with; U+20A8 and U+2128 share two bytes with U+2028.
  const text = `${JSON.stringify("Å ₨ ℨ \u2027\u202a\u0084\u0086")}\n`
  expect((await written(text)).toString()).toBe(text)
})
