/** A state of the version before, which wrote its index in bytes: it is gone on from, and nothing is read or sent anew for it. */
import { Buffer } from "node:buffer"
import { crc32 } from "node:zlib"
import { expect, test } from "vitest"
import { RowIndex } from "../../src/sync/RowIndex.ts"
import { Connection, STREAMS } from "../support/Connection.ts"
import { errorsOf, recordsOf, Simulation } from "../support/inProcess.ts"

const varint = (value: number): ReadonlyArray<number> =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))]
const four = (value: number): ReadonlyArray<number> => [0, 8, 16, 24].map((bits) => (value >>> bits) & 0xff)

/** The text of the same index as that version wrote it. */
const oldText = (text: string, prefix: string): string => {
  const index = RowIndex.decode(text, prefix)!
  const ids = index.notListed()
  const small = ids.filter((id) => Number(id.slice(prefix.length)) < 2 ** 52)
  const large = ids.filter((id) => !small.includes(id))
  let before = 0
  const bytes = [...varint(small.length)]
  for (const id of small) {
    const distance = Number(id.slice(prefix.length)) - before
    before += distance
    bytes.push(...varint(distance < 0 ? -2 * distance - 1 : 2 * distance), ...four(index.get(id)!))
  }
  bytes.push(...varint(large.length))
  for (const id of large) bytes.push(...varint(id.length), ...Buffer.from(id), ...four(index.get(id)!))
  const body = Buffer.from(bytes)
  return Buffer.from([1, ...four(crc32(body)), ...body]).toString("base64")
}

test("a state of the version before is gone on from", async () => {
  const connection = new Connection(new Simulation({ seed: 29, pages: 300, spaces: 6 }))
  await connection.sync()
  connection.state = connection.state.map((each) => {
    const state = each as {
      stream: { stream_descriptor: { name: string }; stream_state: { index: string } }
    }
    const prefix = state.stream.stream_descriptor.name === "attachments" ? "att" : ""
    const index = oldText(state.stream.stream_state.index, prefix)
    return { ...state, stream: { ...state.stream, stream_state: { ...state.stream.stream_state, index } } }
  })
  const { site, clock } = connection.simulation
  const [edited, trashed] = site.truth("pages").map(({ id }) => String(id))
  clock.advance(60_000)
  site.edit(edited!, { body: "<p>edited</p>" })
  site.trash(trashed!)
  const ran = await connection.sync({ config: { reconcile_interval_hours: 0 } })
  expect(errorsOf(ran)).toEqual([])
  const sent = recordsOf(ran, "pages").map(({ id }) => id)
  expect(sent).toEqual(expect.arrayContaining([edited, trashed]))
  for (const stream of STREAMS) expect(recordsOf(ran, stream).length).toBeLessThan(20)
  connection.expectTruth()
})
