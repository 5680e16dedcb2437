/** The sample site's page of consent: what an app may ask for, what the page shows, and where the browser goes from it. */
import { assert, describe, it } from "vitest"
import { CALLBACK, clockedSite, codeOf, CONSENT, decide, redeem, resources, send } from "./signingIn.ts"

const { site } = clockedSite()
const show = (change: Readonly<Record<string, string | undefined>> = {}, at = site) => {
  const given = Object.entries({ ...CONSENT, ...change }).filter((entry): entry is [string, string] => !!entry[1])
  return send(at, "GET", `/authorize?${new URLSearchParams(given)}`)
}
const back = (change: Readonly<Record<string, string | undefined>>) => {
  const { status, headers } = show(change)
  assert.strictEqual(status, 302)
  return Object.fromEntries(new URL(headers["location"] ?? "").searchParams)
}

describe("the page of consent", () => {
  it("shows the app, the scopes, the site, and a form that carries the request on", () => {
    const { status, headers, text } = show({ state: "a state" })
    assert.strictEqual(status, 200)
    assert.match(headers["content-type"] ?? "", /^text\/html/)
    for (const shown of [
      "Northwind Data Platform",
      "read:page:confluence",
      "offline_access",
      site.siteUrl,
      "northwind",
    ])
      assert.include(text, shown)
    assert.include(text, '<button name="decision" value="accept">Accept</button>')
    assert.include(text, '<button name="decision" value="cancel">Cancel</button>')
    assert.match(text, /<form method="post" action="\/authorize">/)
    assert.include(text, '<input type="hidden" name="state" value="a state">')
    assert.notInclude(text, "<select")
  })

  it("needs nothing from anywhere else, and may load nothing", () => {
    const { headers, text } = show()
    assert.notMatch(text, /<(script|link|img|iframe)|@import|url\(/)
    assert.match(headers["content-security-policy"] ?? "", /default-src 'none'/)
  })

  it("escapes what it is given", () => {
    const { text } = show({ scope: `<script>alert("&'")</script>`, state: `"><img src=x>` })
    assert.notInclude(text, "<script")
    assert.notInclude(text, "<img")
    assert.include(text, "&#60;script&#62;alert(&#34;&#38;&#39;&#34;)&#60;/script&#62;")
    assert.notInclude(show({ client_id: "<b>" }).text, "<b>")
    assert.notInclude(show({ redirect_uri: "<b>" }).text, "<b>")
  })

  it("lets one of several sites be chosen, or all of them", () => {
    const acme = { id: "acme-id", url: "https://acme.atlassian.net", name: `acme "&" sons` }
    const { site: both } = clockedSite({ otherSites: [acme] })
    const options = [...show({}, both).text.matchAll(/<option value="([^"]*)">([^<]*)</g)].map((match) => match[1])
    assert.deepStrictEqual(options, ["acme-id", both.cloudId, "all"])
    const covered = (choice: Record<string, string>) =>
      resources(both, redeem(both, codeOf(both, choice)).json["access_token"]).sites.map(({ id }) => id)
    assert.deepStrictEqual(covered({ site: "acme-id" }), ["acme-id"])
    assert.deepStrictEqual(covered({ site: both.cloudId }), [both.cloudId])
    assert.deepStrictEqual(covered({ site: "all" }), ["acme-id", both.cloudId])
    assert.deepStrictEqual(covered({}), ["acme-id", both.cloudId])
    const form = { "content-type": "application/x-www-form-urlencoded" }
    const strange = new URLSearchParams({ ...CONSENT, decision: "accept", site: "no-such-site" })
    assert.strictEqual(send(both, "POST", "/authorize", form, `${strange}`).status, 400)
  })

  it("goes back to the app with a code when it is accepted, and with a refusal when it is cancelled", () => {
    const accepted = decide(site, { decision: "accept", state: "a/b?c=d&e+f" })
    assert.strictEqual(`${accepted.origin}${accepted.pathname}`, CALLBACK)
    assert.sameMembers([...accepted.searchParams.keys()], ["code", "state"])
    assert.strictEqual(accepted.searchParams.get("state"), "a/b?c=d&e+f")
    const cancelled = decide(site, { decision: "cancel", state: "s" })
    assert.deepStrictEqual(Object.fromEntries(cancelled.searchParams), {
      error: "access_denied",
      error_description: "User did not authorize the request",
      state: "s",
    })
    assert.deepStrictEqual([...decide(site, { decision: "accept" }).searchParams.keys()], ["code"])
    const kept = decide(site, { decision: "cancel", redirect_uri: "http://127.0.0.1:1/cb?own=1" })
    assert.strictEqual(kept.searchParams.get("own"), "1")
    const neither = send(site, "POST", "/authorize", {}, `${new URLSearchParams({ ...CONSENT, decision: "maybe" })}`)
    assert.strictEqual(neither.status, 400)
  })

  it("is refused, without going back, to unknown apps and to callback addresses off the machine", () => {
    const refused = (change: Readonly<Record<string, string | undefined>>) => {
      const { status, headers, text } = show(change)
      assert.strictEqual(status, 400)
      assert.notProperty(headers, "location")
      return text
    }
    assert.match(refused({ client_id: "unknown" }), /No app with the client id/)
    refused({ client_id: undefined })
    refused({ client_id: "sample-service-client-id" })
    for (const redirect_uri of [
      undefined,
      "https://attacker.example/callback",
      "http://localhost.attacker.example/",
      "http://127.0.0.1@attacker.example/",
      "http://user:secret@localhost/",
      "http://localhost/#fragment",
      "ftp://localhost/",
      "javascript:alert(1)",
      "/callback",
    ])
      assert.match(refused({ redirect_uri }), /callback address/)
    for (const redirect_uri of [
      "https://localhost/cb",
      "http://127.0.0.1:9/",
      "http://127.8.9.1:9/",
      "http://[::1]:9/",
    ])
      assert.strictEqual(show({ redirect_uri }).status, 200)
  })

  it("goes back at once, with the state, when something else is wrong with the request", () => {
    const state = "s"
    assert.deepInclude(back({ response_type: "token", state }), { error: "unsupported_response_type", state })
    assert.deepInclude(back({ audience: "api.example.com", state }), { error: "invalid_request", state })
    assert.deepInclude(back({ scope: undefined, state }), { error: "invalid_scope", state })
    assert.strictEqual(back({ code_challenge: "x" })["error"], "invalid_request")
    assert.strictEqual(back({ code_challenge: "x", code_challenge_method: "plain" })["error"], "invalid_request")
    assert.strictEqual(show({ code_challenge: "x", code_challenge_method: "S256" }).status, 200)
    assert.strictEqual(show({ prompt: undefined }).status, 200)
  })
})
