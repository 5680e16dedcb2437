/** Names on disk: whatever people have called their files, each has a name that every file system takes and that leads nowhere else. */
import { describe, expect, test } from "vitest"
import { hash32 } from "../../src/sample-site/seededChance.ts"
import { safeFileName, safeFolderName } from "../../src/sync/fileNames.ts"

const CASES: ReadonlyArray<readonly [given: string, safe: string]> = [
  ["report.pdf", "report.pdf"],
  ["Übersicht 2026 (final).xlsx", "Übersicht 2026 (final).xlsx"],
  ["日本語.txt", "日本語.txt"],
  ["../../etc/passwd", "__.._etc_passwd"],
  ["..", "file"],
  [".", "file"],
  ["", "file"],
  ["   ", "file"],
  ["/", "file"],
  ["a/b\\c", "a_b_c"],
  ["nul\u0000byte.txt", "nul_byte.txt"],
  ["line\nbreak\u2028.txt", "line_break_.txt"],
  ["-rf", "_rf"],
  ["--help.txt", "_help.txt"],
  [".bashrc", "_bashrc"],
  ["con", "_con"],
  ["COM1.txt", "_COM1.txt"],
  ["aux.tar.gz", "_aux.tar.gz"],
  ["console.log", "console.log"],
  ["dots and blanks. . .", "dots and blanks"],
  ['what?*<>|":.txt', "what_______.txt"],
  ["gpj.\u202Eexe", "gpj._exe"],
  ["lone \ud83d surrogate", "lone _ surrogate"],
  // Composed: what a Mac has written apart is one letter.
  ["u\u0308ber.txt", "über.txt"],
]

describe("a safe name", () => {
  test.each(CASES)("of %j is %j", (given, safe) => {
    expect(safeFileName(given)).toBe(safe)
  })

  test("has 200 bytes at most, keeps its ending, and cuts no character in two", () => {
    const long = safeFileName(`${"ü".repeat(300)}.docx`)
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(200)
    expect(long).toMatch(/^ü+\.docx$/)
    const pictures = safeFileName(`${"🜁".repeat(100)}.${"x".repeat(50)}`)
    expect(Buffer.byteLength(pictures)).toBeLessThanOrEqual(200)
    expect(pictures.isWellFormed()).toBe(true)
    expect(Buffer.byteLength(safeFileName(`${"a".repeat(199)}. .pdf`))).toBeLessThanOrEqual(200)
  })

  test("is one whatever the text, and stays as it is when it is made safe again", () => {
    const letters = [
      "a",
      ".",
      "/",
      "\\",
      "-",
      " ",
      "\u0000",
      "ü",
      "u\u0308",
      "🜁",
      "\ud83d",
      "con",
      "..",
      "\u202e",
      "\n",
    ]
    for (let seed = 0; seed < 3000; seed++) {
      const length = hash32(seed, 1, 0) % 40
      const given = Array.from({ length }, (_, at) => letters[hash32(seed, 2, at) % letters.length]).join("")
      const safe = safeFileName(given)
      expect(safe).toMatch(/^[^/\\\p{Cc}]+$/u)
      expect(safe).not.toMatch(/^[-.\s]|[.\s]$/)
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200)
      expect(safe.normalize("NFC")).toBe(safe)
      expect(safeFileName(safe)).toBe(safe)
    }
  })
})

test("a folder is the attachment's id; what is none has one of its own, too", () => {
  expect(safeFolderName("att123")).toBe("att123")
  expect(safeFolderName("123")).toBe("123")
  const odd = ["../att1", "att1/..", "", "att", "att1 ", "con", "\ud83d"].map(safeFolderName)
  expect(new Set(odd).size).toBe(odd.length)
  for (const folder of odd) expect(folder).toMatch(/^id-[0-9a-f]{40}$/)
})
