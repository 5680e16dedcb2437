/** The mask over all that is written for people, judged by a finder of secrets that shares nothing with it. */
import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import { makeRedactor } from "../../src/protocol/Redactor.ts"
import { SecretFinder, SPELLINGS } from "../support/SecretFinder.ts"

const SECRETS = {
  "every sign": `Q7x/+=v%2Fk"\\n&<b>'$\`:{}~Zt4Lm9-pW_3dRe8`,
  "a token of Atlassian's": "ATATT3xFfGF0T5Jq-1_xkV9ZbYhQpLr7Wm2Nc8Sd4Ke6Ga0=9D3F12AB",
  "a JSON Web Token": `${Buffer.from('{"alg":"RS256","kid":"7f3a"}').toString("base64url")}.${Buffer.from('{"sub":"5b10ac8d82e05b22cc7d4ef5","exp":1893456000}').toString("base64url")}.Kx81uVQ2m0pZ`,
  "escapes of its own": "%2541\\u0041&amp;lt;%5C%5Cn%u0041+Yq3",
} as const

const spelledBy = (spelling: string) => (text: string) => [...text].map(SPELLINGS[spelling]!).join("")
const base64 = (text: string) => Buffer.from(text).toString("base64")

/** How somebody may repeat a secret. */
const REPEATED: Readonly<Record<string, (secret: string) => string>> = {
  ...Object.fromEntries(Object.keys(SPELLINGS).map((spelling) => [spelling, spelledBy(spelling)])),
  "in lower case": (secret) => encodeURIComponent(secret).toLowerCase(),
  "in upper case": (secret) => secret.toUpperCase(),
  "as encodeURIComponent writes it": encodeURIComponent,
  "in an address within an address": (secret) =>
    encodeURIComponent(`https://a.example/?next=${encodeURIComponent(secret)}`),
  "in a form": (secret) => new URLSearchParams({ client_secret: secret }).toString(),
  "in JSON": (secret) => JSON.stringify({ client_secret: secret }),
  "in JSON within JSON within JSON": (secret) => JSON.stringify(JSON.stringify(JSON.stringify({ secret }))),
  "in HTML that holds JSON": (secret) => spelledBy("in HTML")(JSON.stringify({ secret })),
  "in base64": base64,
  "in base64 for URLs": (secret) => Buffer.from(secret).toString("base64url"),
  "in base64 of an email and it": (secret) => base64(`data.engineer@northwind.example:${secret}`),
  "in base64 of a client id and it": (secret) => base64(`my-client-id:${secret}`),
  "in base64 of a header": (secret) => base64(`Authorization: Bearer ${secret}\r\nHost: a.example`),
  "in base64 of JSON": (secret) => base64(JSON.stringify({ grant_type: "refresh_token", refresh_token: secret })),
  "in base64 of a form": (secret) => base64(`refresh_token=${encodeURIComponent(secret)}`),
  "in base64, percent-encoded": (secret) => encodeURIComponent(base64(`x${secret}`)),
  "in base64 of lines": (secret) => base64(`xy${secret}`).replaceAll(/.{20}/g, "$&\r\n"),
  "without its beginning": (secret) => secret.slice(9),
  "without its beginning, in base64": (secret) => base64(secret).slice(7),
}

const redactorOf = (...secrets: ReadonlyArray<string>) => {
  const redactor = makeRedactor()
  for (const secret of secrets) redactor.add(secret)
  return redactor.redact
}

describe.each(Object.entries(SECRETS))("a secret with %s", (name, secret) => {
  const finder = new SecretFinder({ [name]: secret })
  const redact = redactorOf(secret)

  it.each(Object.keys(REPEATED))("is masked %s, and the words around it stay", (how) => {
    const text = REPEATED[how]!(secret)
    const sentence = `Confluence says: ${text} (try again).`
    if (how !== "as it is") expect(finder.findings(sentence).length, "there is something to mask").toBeGreaterThan(0)
    const redacted = redact(sentence)
    expect(finder.findings(redacted)).toEqual([])
    expect(redacted).toMatch(/^Confluence says: .*\*{4}.* \(try again\)\.$/s)
  })

  // Half of an escape of its own is another text than the secret's beginning.
  const cuttable = name === "escapes of its own" ? [] : Object.keys(REPEATED)
  it.each(cuttable)("is masked %s, wherever it is cut off", (how) => {
    const text = REPEATED[how]!(secret)
    for (let length = 0; length <= text.length; length++) {
      for (const cut of [`It says ${text.slice(0, length)}`, `It says ${text.slice(0, length)}… Try again.`]) {
        expect(finder.findings(redact(cut)), cut).toEqual([])
      }
    }
  })
})

describe("a secret that is cut off", () => {
  it("is masked as soon as it could be told from other words", () => {
    const redact = redactorOf("hunter2-and-more")
    expect(redact("It says hunte")).toBe("It says hunte")
    expect(redact("It says hunter")).toBe("It says ****")
    expect(redact("It says hunter2-… and so on\nhunter2-an\nthen")).toBe("It says ****… and so on\n****\nthen")
    expect(redact("It says hunter and so on")).toBe("It says hunter and so on")
  })

  it("is masked in the middle of an escape too", () => {
    const redact = redactorOf("hunter/2-and-more")
    for (const cut of ["hunter%", "hunter%2", "hunter\\", "hunter\\u00", "hunter&", "hunter&#4", "hunter%2F2"]) {
      expect(redact(`It says ${cut}`)).toMatch(/^It says \*{4}[%\\&]?[#\w]{0,4}$/)
    }
  })
})

describe("the mask", () => {
  it("leaves texts without a secret as they are", () => {
    const redact = redactorOf(...Object.values(SECRETS))
    for (const text of ["", "No such page: %2Fwiki%2Fü\\u0041 &amp; more", "Line\nafter line…\n", "a".repeat(500)]) {
      expect(redact(text)).toBe(text)
      expect(makeRedactor().redact(text)).toBe(text)
    }
  })

  it("covers several secrets in one text, and those side by side at once", () => {
    const redact = redactorOf("first-secret-1", "second-secret-2")
    expect(redact("first-secret-1, second-secret-2; first-secret-1second-secret-2")).toBe("****, ****; ****")
  })

  it("covers a text that is a secret in both of two ways", () => {
    const redact = redactorOf("abcd1234efgh5678", "efgh5678ijkl9012")
    expect(redact("<abcd1234efgh5678ijkl9012>")).toBe("<****>")
  })

  it("spares words that a secret begins with, as its client id may", () => {
    const redact = redactorOf("sample-client-secret")
    expect(redact("client_id=sample-client-id&client_secret=sample-client-secret")).toBe(
      "client_id=sample-client-id&client_secret=****",
    )
  })

  it("covers short secrets whole, and those too short to be one not at all", () => {
    const redact = redactorOf("p4ss", "abc")
    expect(redact(`p4ss ${base64("p4ss")} P4SS p%34ss abc`)).toBe("**** ****== **** **** abc")
  })

  it("masks each of the hundreds of long tokens of a run of many days", () => {
    const { add, redact } = makeRedactor()
    const token = (n: number) =>
      Array.from({ length: 48 }, (_, part) => createHash("sha256").update(`${n} ${part}`).digest("base64url")).join("")
    for (let n = 0; n < 400; n++) add(token(n))
    for (let n = 0; n < 400; n++)
      expect(redact(`GET /wiki/api/v2/pages: ${token(n)}`)).toBe("GET /wiki/api/v2/pages: ****")
  })
})
