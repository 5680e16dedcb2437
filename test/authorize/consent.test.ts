/** The request for consent and the answers to it, by RFC 6749 (section 4.1) and RFC 7636. */
import { createHash } from "node:crypto"
import { Effect, Redacted } from "effect"
import { describe, expect, it } from "vitest"
import { type ConsentAnswer, consentAddress, consentAnswer, consentSecrets } from "../../src/authorize/consent.ts"

const options = {
  auth: "https://auth.atlassian.com",
  clientId: "an id/+&",
  scopes: ["offline_access", "read:page:confluence"],
  redirectUri: "http://localhost:8765/callback",
}

describe("the address of the consent page", () => {
  it("has Atlassian's parameters, the state, and the challenge of the verifier", () => {
    const secrets = Effect.runSync(consentSecrets)
    const address = consentAddress(options, secrets)
    const verifier = Redacted.value(secrets.codeVerifier)
    expect(address.startsWith("https://auth.atlassian.com/authorize?audience=api.atlassian.com&client_id=")).toBe(true)
    expect(Object.fromEntries(new URL(address).searchParams)).toEqual({
      audience: "api.atlassian.com",
      client_id: "an id/+&",
      scope: "offline_access read:page:confluence",
      redirect_uri: "http://localhost:8765/callback",
      state: secrets.state,
      response_type: "code",
      prompt: "consent",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    })
    expect(address).not.toContain("+")
    expect(address).not.toContain(verifier)
  })

  it("has 32 random bytes each for state and verifier, new ones each time", () => {
    const made = [Effect.runSync(consentSecrets), Effect.runSync(consentSecrets)]
    const values = made.flatMap(({ state, codeVerifier }) => [state, Redacted.value(codeVerifier)])
    expect(new Set(values).size).toBe(4)
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})

describe("what the browser brings", () => {
  const answerTo = (query: string): ConsentAnswer => consentAnswer(new URLSearchParams(query), "the-state")

  it("is a code, with our state", () => {
    const answer = answerTo("code=abc&state=the-state")
    expect(answer.kind === "code" && Redacted.value(answer.code)).toBe("abc")
  })

  it("is a refusal, with our state", () => {
    expect(answerTo("error=access_denied&error_description=No+way&state=the-state")).toEqual({
      kind: "refused",
      error: "access_denied",
      description: "No way",
    })
    expect(answerTo("error=server_error&code=abc&state=the-state")).toMatchObject({ kind: "refused", description: "" })
  })

  it.each([
    "code=abc",
    "code=abc&state=",
    "code=abc&state=the-statf",
    "code=abc&state=the-stat",
    "code=abc&state=the-state2",
    "code=abc&state=other&state=the-state",
    "error=access_denied&state=x",
    "code=abc&state=th%C3%A9-state",
  ])("belongs to somebody else with another state: %s", (query) => {
    expect(answerTo(query)).toEqual({ kind: "foreign" })
  })

  it.each(["", "state=the-state", "code=&state=the-state", "error=&state=the-state", "x=y"])(
    "is nothing without a code and an error: %j",
    (query) => {
      expect(answerTo(query)).toEqual({ kind: "none" })
    },
  )
})
