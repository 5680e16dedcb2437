/** The sample site over real sockets: serving, the control interface, and connections that break. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { authorization, type Row } from "./asking.ts"

const PAGES = "/wiki/api/v2/pages?limit=20"

describe("the sample site's server", () => {
  let running: RunningSampleSite
  beforeAll(async () => {
    running = await startSampleSite({ pages: 300 })
  })
  afterAll(() => running.close())

  const get = (address: string, signal?: AbortSignal) =>
    fetch(`${running.url}${address}`, {
      headers: { authorization: authorization(running.site) },
      redirect: "manual",
      ...(signal === undefined ? {} : { signal }),
    })
  const control = async (what: string, body?: unknown): Promise<{ status: number; json: Row & Row[] }> => {
    const post = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(`${running.url}/_control/${what}`, post)
    return { status: response.status, json: (await response.json()) as Row & Row[] }
  }

  it("serves lists and lookups with a length, a type and a date, and names itself in its config", async () => {
    const response = await get(PAGES)
    assert.strictEqual(response.status, 200)
    assert.strictEqual(response.headers.get("content-type"), "application/json")
    assert.isNotNull(response.headers.get("date"))
    const text = await response.text()
    assert.strictEqual(Number(response.headers.get("content-length")), Buffer.byteLength(text))
    assert.include(text, `"base":"${running.url}/wiki"`)
    assert.deepInclude((await control("config")).json, {
      domain_name: running.url,
      endpoints: { gateway: running.url },
    })
    const posted = await fetch(`${running.url}/wiki/api/v2/users-bulk`, {
      method: "POST",
      headers: { authorization: authorization(running.site) },
      body: JSON.stringify({ accountIds: [running.site.users[1]?.accountId] }),
    })
    assert.strictEqual(((await posted.json()) as { results: Row[] }).results.length, 1)
  })

  it("is changed, one action or several, by its control interface, which tells the truth afterwards", async () => {
    const made = (await control("change", { action: "create", title: "Made by hand" })).json["id"] as string
    const done = await control("change", [
      { action: "edit", id: made, title: "Edited by hand" },
      { action: "addComment", id: made, body: "<p>Hi</p>" },
      { action: "createSpace", key: "HAND" },
    ])
    assert.strictEqual(done.json.length, 3)
    const { json } = await control("truth/pages")
    assert.strictEqual(json.find((page) => page["id"] === made)?.["title"], "Edited by hand")
    assert.strictEqual((await control("reset", {})).status, 200)
    assert.isUndefined((await control("truth/pages")).json.find((page) => page["id"] === made))
  })

  it("says in one sentence what a control request lacks", async () => {
    const error = async (what: string, body?: unknown) => {
      const { status, json } = await control(what, body)
      assert.strictEqual(status, 400)
      return json["error"] as string
    }
    assert.match(await error("change", { action: "explode", id: "1" }), /"action" must be one of create, /)
    assert.match(await error("change", { action: "edit" }), /"edit" needs the "id"/)
    assert.match(await error("change", { action: "trash", id: "5" }), /no page or blog post with the id 5/)
    assert.match(await error("change", { action: "create", title: 5 }), /"title" must be a string/)
    assert.match(await error("faults", [{ kind: "gremlin" }]), /"kind" must be one of/)
    assert.match(await error("faults", { kind: "status", status: 7 }), /"status" must be/)
    assert.match(await error("faults", { kind: "rate-limit", form: "soon" }), /"form" must be/)
    assert.match(await error("settings", { colour: "red" }), /"colour" is no setting; settings are latencyMs/)
    assert.match(await error("settings", { latencyMs: "slow" }), /"latencyMs" must be a number, such as 0/)
    assert.match(await error("settings", { scopes: [1] }), /"scopes" must be a list of texts/)
    assert.match(await error("truth/everything"), /truth is told about/)
    assert.match(await error("nothing"), /GET tells/)
    assert.match(await error("nothing", {}), /POST takes/)
  })

  it("takes settings and tells its settings, faults, requests and statistics", async () => {
    await control("settings", { latencyMs: 60, rateLimit: 1000 })
    assert.deepInclude((await control("settings")).json, { latencyMs: 60, rateLimit: { perSecond: 1000 } })
    await control("reset-statistics", {})
    const before = performance.now()
    await Promise.all([get(PAGES), get(PAGES), get(PAGES)].map(async (asked) => (await asked).text()))
    assert.isAbove(performance.now() - before, 55)
    const { json } = await control("statistics")
    assert.deepInclude(json, { requests: 3, mostInFlight: 3, early: 0 })
    assert.strictEqual((await control("requests")).json.length, 3)
    await control("faults", { kind: "status", status: 503, times: 1 })
    assert.strictEqual((await get(PAGES)).status, 503)
    assert.strictEqual((await control("faults")).json[0]?.["hit"], 1)
    await control("reset", {})
  })

  it("resets, cuts and hangs connections, drips bodies, and redirects", async () => {
    const { site } = running
    const failure = (asked: Promise<Response>) =>
      asked
        .then((response) => response.text())
        .then(
          () => "no failure",
          (error: unknown) =>
            error instanceof Error ? `${error.message} ${String((error.cause as Error)?.message)}` : "",
        )
    site.setFaults([{ kind: "reset", times: 1 }])
    assert.match(await failure(get(PAGES)), /fetch failed/)
    site.setFaults([{ kind: "cut", times: 1 }])
    assert.match(await failure(get(PAGES)), /terminated/)
    site.setFaults([{ kind: "hang", times: 1 }])
    assert.match(await failure(get(PAGES, AbortSignal.timeout(150))), /timeout/)
    site.setFaults([{ kind: "slow", waitMs: 200, times: 1 }])
    const before = performance.now()
    const text = await (await get(PAGES)).text()
    assert.isAbove(performance.now() - before, 150)
    assert.strictEqual(text, await (await get(PAGES)).text())
    site.setFaults([{ kind: "truncated-json", times: 1 }])
    assert.match(await failure(get(PAGES).then((response) => response.json().then(() => response))), /JSON/)
    site.setFaults([{ kind: "redirect", times: 1 }])
    assert.strictEqual((await get(PAGES)).status, 302)
    assert.strictEqual((await get(PAGES)).status, 200)
    assert.strictEqual(site.statistics().inFlight, 0)
  })

  it("frees its port when it is closed", async () => {
    const first = await startSampleSite({ pages: 10 })
    await first.close()
    const second = await startSampleSite({ pages: 10, port: first.port })
    assert.strictEqual(second.port, first.port)
    await second.close()
  })
})
