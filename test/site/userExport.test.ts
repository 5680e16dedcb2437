/** The export of users is read whatever tool has saved it, and what is no export is told from one. */
import { describe, expect, test } from "vitest"
import { ExportUnreadable, UserExport } from "../../src/site/userExport.ts"
import { Chance } from "../simulation/chance.ts"

/** Reads an export that comes in pieces of these lengths. */
const readPieces = async (bytes: Buffer, lengths: () => number) => {
  const found: Array<readonly [string, string]> = []
  const reader = new UserExport((id, email) => found.push([id, email]))
  for (let at = 0; at < bytes.length;) {
    const to = Math.min(bytes.length, at + lengths())
    await reader.write(bytes.subarray(at, to))
    at = to
  }
  await reader.end()
  expect(reader.rows).toBe(found.length)
  return found
}

const read = (text: string | Buffer) => readPieces(Buffer.from(text as string), () => 7)

/** Texts that a cell may hold. */
const CELLS = [
  "",
  "Ada",
  "Zoë 漢 😀",
  'called "Bee"',
  "Doe, Jane; Dr.",
  "two\nlines",
  "two\r\nlines",
  " blank ",
  "\t",
  '"',
]
const ID_NAMES = ["User id", "user ID", "USER_ID", " Atlassian ID ", "atlassian id"]
const EMAIL_NAMES = ["email", "Email", "EMAIL ", "e-mail"]
const OTHER_NAMES = [
  "User name",
  "User status",
  "Group id",
  "Group name",
  "Last seen in Confluence - acme",
  "Org role",
  "2",
  "",
]

/** An export as some tool may have written it, and what is in it. */
const drawn = (seed: number) => {
  const chance = new Chance(seed)
  const delimiter = chance.of([",", ";", "\t"])
  const lineEnd = chance.of(["\n", "\r\n", "\r"])
  const names = Array.from({ length: chance.between(0, 6) }, () => chance.of(OTHER_NAMES))
  const id = chance.between(0, names.length)
  names.splice(id, 0, chance.of(ID_NAMES))
  const email = chance.between(0, names.length)
  names.splice(email, 0, chance.of(EMAIL_NAMES))
  const idAt = email <= id ? id + 1 : id
  const quotesAll = chance.of([true, false])
  const cell = (text: string): string => {
    const mustQuote = quotesAll || /["\r\n]/.test(text) || text.includes(delimiter)
    return mustQuote ? `"${text.replaceAll('"', '""')}"` : text
  }
  const expected: Array<readonly [string, string]> = []
  const rows = Array.from({ length: chance.between(0, 40) }, (_, at) => {
    const cells: string[] = names.map(() => chance.of(CELLS))
    const accountId = chance.of([`712020:0b2c8d4e-0000-4000-8000-${at}`, `5d${at}`, ""])
    const address = chance.of([`p${at}@acme.example`, `p.${at}+x@äcme.example`, "", "not shown"])
    cells[idAt] = accountId
    cells[email] = address
    if (accountId !== "" && address.includes("@")) expected.push([accountId, address])
    // Short rows, as spreadsheets save them when the last cells are empty.
    if (chance.between(0, 4) === 0) cells.length = Math.max(idAt, email) + 1
    return cells
  })
  const lines = [names, ...rows].map((cells) => cells.map(cell).join(delimiter))
  const last = chance.of([lineEnd, ""])
  const text = lines.join(lineEnd) + last
  const bytes = chance.of([Buffer.from(text), Buffer.from(`\uFEFF${text}`), Buffer.from(`\uFEFF${text}`, "utf16le")])
  return { bytes, expected, chance }
}

describe("an export", () => {
  test("is read whatever its delimiter, line ends, quotes, encoding, columns, and the pieces that it comes in", async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { bytes, expected, chance } = drawn(seed)
      const most = chance.of([1, 5, 1000, 100_000])
      const found = await readPieces(bytes, () => chance.between(1, most))
      expect([seed, found]).toEqual([seed, expected])
    }
  })

  test("has a row for each group of a user, all of which are told", async () => {
    const text = "Group id,Group name,User id,email\ng1,One,u1,a@x.example\ng2,Two,u1,a@x.example\n"
    expect(await read(text)).toEqual([
      ["u1", "a@x.example"],
      ["u1", "a@x.example"],
    ])
  })

  test("may be longer than what its columns are looked for in", async () => {
    const rows = Array.from({ length: 5000 }, (_, at) => `u${at},"a, ""b""\r\nc",p${at}@x.example`)
    const found = await readPieces(Buffer.from(["User id,Name,email", ...rows].join("\r\n")), () => 30_001)
    expect(found).toHaveLength(5000)
    expect(found.at(-1)).toEqual(["u4999", "p4999@x.example"])
  })
})

describe("what is no export", () => {
  test.each([
    ["nothing", "", "It is empty."],
    ["blank lines", "\n\r\n\n", "It is empty."],
    [
      "a web page",
      "<!DOCTYPE html><html><body>Sign in</body></html>",
      'none of them "User id" (or "Atlassian ID") or "email"',
    ],
    ["no addresses", "User id,User name\nu1,Ada", 'names 2 columns, none of them "email"'],
    ["no ids", "Name;Email\nAda;ada@x.example", 'names 2 columns, none of them "User id" (or "Atlassian ID")'],
    ["rows without names of columns", "u1,ada@x.example\nu2,bea@x.example", "names 2 columns, none of them"],
    [
      "a quotation mark that is never closed",
      'User id,email\nu1,a@x.example\nu2,"b@x.example\nu3,c@x.example',
      "in or before row",
    ],
    ["a quotation mark within a cell", 'User id,Name,email\nu1,Ada "Bee",a@x.example', "quotation marks are broken"],
    [
      "a closed quotation with more behind it",
      'User id,Name,email\nu1,"Ada" Bee,a@x.example',
      "quotation marks are broken",
    ],
    ["names of columns with broken quotes", '"User id,email\nu1,a@x.example', "quotation marks are broken"],
    [
      "bytes of something else",
      Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 8, 0x22, 10, 0x22, 7]),
      "quotation marks are broken",
    ],
  ])("is told from one: %s", async (_, text, why) => {
    const failure = await read(text).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(ExportUnreadable)
    expect((failure as Error).message).toContain(why)
    expect((failure as Error).message).not.toMatch(/x\.example|Ada|Bee/)
  })

  test("ends soon where a quotation mark is never closed, however long it is", async () => {
    let pieces = 0
    const reader = new UserExport(() => {})
    const endless = async () => {
      await reader.write(Buffer.from('User id,email\nu1,"'))
      for (; pieces < 1000; pieces++) await reader.write(Buffer.alloc(65_536, "x,y@z.example\n"))
      await reader.end()
    }
    await expect(endless()).rejects.toBeInstanceOf(ExportUnreadable)
    expect(pieces).toBeLessThan(40)
  })
})
