/** What an index is as text: base64 of a byte that names its form, a CRC-32 of all that follows, and that. One that was cut or garbled is none. */
import { crc32 } from "node:zlib"

const HEAD = 5

export const asText = (form: number, body: Buffer): string => {
  const head = Buffer.alloc(HEAD)
  head.writeUInt8(form, 0)
  head.writeUInt32LE(crc32(body), 1)
  return Buffer.concat([head, body]).toString("base64")
}

export const ofText = (text: string): { readonly form: number; readonly body: Buffer } | undefined => {
  const bytes = Buffer.from(text, "base64")
  if (bytes.length < HEAD + 1) return undefined
  const body = bytes.subarray(HEAD)
  return bytes.readUInt32LE(1) === crc32(body) ? { form: bytes.readUInt8(0), body } : undefined
}
