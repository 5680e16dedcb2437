/** Numbers and texts as bytes, as earlier versions wrote what a state says of many rows: integers of seven bits a byte, least significant first. */

export class ByteReader {
  #at = 0
  readonly #bytes: Buffer
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  integer(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes.readUInt8(this.#at++)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }
  signed(): number {
    const value = this.integer()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  two(): number {
    this.#at += 2
    return this.#bytes.readUInt16LE(this.#at - 2)
  }
  four(): number {
    this.#at += 4
    return this.#bytes.readUInt32LE(this.#at - 4)
  }
  text(): string {
    const length = this.integer()
    this.#at += length
    return this.#bytes.toString("utf8", this.#at - length, this.#at)
  }
}
