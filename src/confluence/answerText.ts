/** Whether the texts of an answer may hold a NUL or half of a surrogate pair, as its bytes tell: most answers need no look at any row. */

/** Such a character cannot come but as an escape. The `d` may be the first letter of any surrogate, a whole pair too. */
const ESCAPES = [String.raw`\u0000`, String.raw`\ud`, String.raw`\uD`].map((text) => Buffer.from(text))

/** `body`: JSON in UTF-8. False means that it surely holds none. */
export const mayBeMalformed = (body: Buffer): boolean => ESCAPES.some((escape) => body.includes(escape))
