/** The finder of secrets finds whatever it is to find: otherwise its silence would prove nothing. */
import { describe, expect, it } from "vitest"
import { SecretFinder, SPELLINGS } from "../support/SecretFinder.ts"

const SECRET = `Q7x/+=v%2Fk"\\n&<b>'$\`:{}~Zt4Lm9-pW_3dRe8`
const finder = new SecretFinder({ token: SECRET })
const spelled = (spelling: string, text: string) => [...text].map(SPELLINGS[spelling]!).join("")
const base64 = (text: string) => Buffer.from(text).toString("base64")
const base64url = (text: string) => Buffer.from(text).toString("base64url")

const planted: ReadonlyArray<readonly [string, string]> = [
  ...Object.keys(SPELLINGS).map((spelling) => [spelling, spelled(spelling, SECRET)] as const),
  ["as encodeURIComponent writes it", encodeURIComponent(SECRET)],
  ["as encodeURIComponent writes it, in lower case", encodeURIComponent(SECRET).toLowerCase()],
  ["as a form has it", new URLSearchParams({ client_secret: SECRET }).toString()],
  ["as JSON has it", JSON.stringify({ client_secret: SECRET })],
  ["as JSON in JSON has it", JSON.stringify(JSON.stringify({ client_secret: SECRET }))],
  ["in a host name", `https://${SECRET.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase()}.example`],
  ["in base64", base64(SECRET)],
  ["in base64 with a line in the middle", base64(SECRET).replace(/^.{30}/, "$&\n")],
  ["in base64 for URLs", base64url(SECRET)],
  ["in base64 of an email and it", base64(`you@example.com:${SECRET}`)],
  ["in base64 of a client id and it", base64(`client-id:${SECRET}`)],
  ...["", "x", "xy", "xyz"].map(
    (before) =>
      [`in base64 of a header, ${before.length} bytes on`, base64(`${before}Bearer ${SECRET}\r\nHost: a`)] as const,
  ),
  ["in base64 of a JSON text", base64(JSON.stringify({ refresh_token: SECRET }))],
  ["in base64 of a form", base64url(new URLSearchParams({ refresh_token: SECRET }).toString())],
  ["in base64, percent-encoded", encodeURIComponent(base64(SECRET))],
  ["backwards", [...SECRET].toReversed().join("")],
  ["without its beginning", `…${SECRET.slice(-14)}`],
  ["without its end", `${SECRET.slice(0, 14)}…`],
  ["without both", SECRET.slice(12, 24)],
  ["without both, in base64", base64(SECRET).slice(12, 26)],
]

describe("the finder of secrets", () => {
  it.each(planted.filter(([name]) => name !== "in a host name"))("finds one %s", (_, text) => {
    expect(finder.findings(text)).not.toEqual([])
    const findings = finder.findings(`An answer that says ${text}, and goes on.`)
    expect(findings).not.toEqual([])
    expect(findings[0]).toMatch(/^token: /)
  })

  it("finds one of letters and digits in a host name", () => {
    const plain = new SecretFinder({ token: "Q7xvkZt4Lm9pW3dRe8" })
    expect(plain.findings("There is no host q7xvkzt4lm9pw3dre8.atlassian.net.")).toHaveLength(1)
  })

  it("finds nothing where there is nothing, nor where too little is left to tell", () => {
    expect(finder.findings("")).toEqual([])
    expect(finder.findings(`The token ${SECRET.slice(0, 11)}`)).toEqual([])
    expect(
      finder.findings(JSON.stringify({ type: "LOG", log: { level: "INFO", message: "client_secret: ****" } })),
    ).toEqual([])
    expect(finder.findings(base64("you@example.com:another-token-of-somebody"))).toEqual([])
  })

  it("takes no secret that is as short as a word", () => {
    expect(() => new SecretFinder({ token: "elevenchars" })).toThrow("too short")
  })
})
