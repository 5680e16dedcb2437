/** Numbers and texts as bytes, short where they are small: for what a state says of many rows. */

/** Grows a buffer as needed; integers of seven bits a byte, least significant first. */
export class ByteWriter {
  #bytes: Buffer
  #length = 0
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }
  #need(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe((this.#length + more) * 2)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
  integer(value: number): void {
    this.#need(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }
  /** A signed integer, short where it is near 0. */
  signed(value: number): void {
    this.integer(value < 0 ? -2 * value - 1 : 2 * value)
  }
  two(value: number): void {
    this.#need(2)
    this.#length = this.#bytes.writeUInt16LE(value, this.#length)
  }
  four(value: number): void {
    this.#need(4)
    this.#length = this.#bytes.writeUInt32LE(value, this.#length)
  }
  text(value: string): void {
    const bytes = Buffer.from(value)
    this.integer(bytes.length)
    this.#need(bytes.length)
    this.#length += bytes.copy(this.#bytes, this.#length)
  }
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}

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
