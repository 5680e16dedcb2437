/** Authorizes in this process, with a person whose terminal and browser are functions. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect, type Exit, Fiber, Layer } from "effect"
import { afterAll, beforeAll, beforeEach, expect } from "vitest"
import { authorize, type AuthorizeError, type AuthorizeOptions, type Person } from "../../src/authorize/authorize.ts"
import { scopesFor } from "../../src/confluence/scopes.ts"
import { Transport } from "../../src/confluence/Transport.ts"
import { endpoints } from "../../src/generated/endpoints.ts"
import { makeRedactor } from "../../src/protocol/Redactor.ts"
import { SAMPLE_CREDENTIALS } from "../../src/sample-site/credentials.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { withFolder } from "../support/runConnector.ts"

/** What is asked for: all that the streams need. */
export const SCOPES = scopesFor(Object.values(endpoints).flat(), "oauth2.0")

/** The config of somebody who has registered an app and has no tokens yet. */
export const appConfig = ({ url }: RunningSampleSite): Record<string, any> => ({
  domain_name: url,
  credentials: {
    auth_type: "oauth2.0",
    client_id: SAMPLE_CREDENTIALS.clientId,
    client_secret: SAMPLE_CREDENTIALS.clientSecret,
  },
  endpoints: { gateway: url, auth: url },
})

/** A site beside the sample one; its name is hard on pages and terminals. */
export const OTHER_SITE = {
  id: "0b8f9e4e-1111-4222-8333-944445555666",
  url: "https://acme.atlassian.net",
  name: "Acme <b>&amp;",
}

/** Serves a site alone and one beside another, as they were at the start for each test of the file. */
export const serveSites = (give: (server: RunningSampleSite, several: RunningSampleSite) => void): void => {
  let served: ReadonlyArray<RunningSampleSite> = []
  beforeAll(async () => {
    const server = await startSampleSite({ pages: 20 })
    const several = await startSampleSite({ pages: 20, otherSites: [OTHER_SITE] })
    served = [server, several]
    give(server, several)
  })
  beforeEach(() => served.forEach(({ site }) => site.reset()))
  afterAll(() => Promise.all(served.map(({ close }) => close())))
}

/** What the credentials of a config that was written are made of, in this order. */
export const CREDENTIALS = [
  "auth_type",
  "client_id",
  "client_secret",
  "refresh_token",
  "access_token",
  "token_expiry_date",
]

export interface Attempt {
  /** All that has been said so far. */
  readonly said: () => string
  /** The address of the consent page, as soon as it is said. */
  readonly address: Promise<string>
  /** The address of the page with the choice of a site. */
  readonly choice: Promise<string>
  readonly end: Promise<Exit.Exit<void, AuthorizeError>>
  /** The sentence of the failure. */
  readonly failure: Promise<string>
  readonly interrupt: () => Promise<unknown>
}

const CONSENT = /^https?:\/\/\S*\/authorize\?\S+$/m
const CHOICE = /^http:\/\/localhost:\d+\/site\/\S+$/m

export const attemptOf = (options: Partial<AuthorizeOptions>, person: Partial<Person> = {}) => {
  const lines: Array<string> = []
  const address = Promise.withResolvers<string>()
  const choice = Promise.withResolvers<string>()
  const redactor = makeRedactor()
  const say = (text: string) =>
    Effect.sync(() => {
      const shown = redactor.redact(text)
      lines.push(shown)
      const [consent, site] = [CONSENT.exec(shown), CHOICE.exec(shown)]
      if (consent !== null) address.resolve(consent[0])
      if (site !== null) choice.resolve(site[0])
    })
  const run = authorize(
    { config: undefined, output: undefined, port: 0, scopes: SCOPES, deploymentMode: undefined, ...options },
    { say, ask: undefined, handOver: undefined, open: undefined, redactor, ...person },
  ).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, Transport.layer({ connections: 1 }))))
  return { run, said: () => lines.join("\n"), address: address.promise, choice: choice.promise }
}

export const attempt = (options: Partial<AuthorizeOptions>, person: Partial<Person> = {}): Attempt => {
  const { run, ...heard } = attemptOf(options, person)
  const fiber = Effect.runFork(run)
  const end = Effect.runPromise(Fiber.await(fiber))
  const failure = Effect.runPromise(Effect.flip(Fiber.join(fiber)).pipe(Effect.map(({ message }) => message)))
  failure.catch(() => undefined)
  return { ...heard, end, failure, interrupt: () => Effect.runPromise(Fiber.interrupt(fiber)) }
}

/** Decides on the consent page; answers where the browser is sent. */
export const decide = async (address: string, decision: "accept" | "cancel", site = "all"): Promise<string> => {
  const page = await fetch(address)
  if (page.status !== 200) throw new Error(`the consent page answers ${page.status}: ${await page.text()}`)
  const { origin, searchParams } = new URL(address)
  const form = new URLSearchParams([...searchParams, ["decision", decision], ["site", site]])
  const answer = await fetch(`${origin}/authorize`, { method: "POST", body: form, redirect: "manual" })
  return answer.headers.get("location")!
}

/** Visits an address as a browser does, redirects followed; answers the status and the text of the page. */
export const visit = async (address: string, init: RequestInit = {}) => {
  const answer = await fetch(address, init)
  return { status: answer.status, headers: answer.headers, html: await answer.text(), address: answer.url }
}

/** A file of the folder, with this mode. */
export const fileIn = (folder: string, name: string, content: unknown, mode = 0o600): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content), { mode })
  return path
}

export const configIn = (path: string): Record<string, any> => JSON.parse(readFileSync(path, "utf8"))

export const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** The config without the name of the site, so that there is something to choose. */
export const unnamed = (sample: RunningSampleSite): Record<string, any> => {
  const { domain_name: _, ...config } = appConfig(sample)
  return config
}

/** Runs against a config of this content; `untouched` says that it is as it was, with nothing left beside it. */
export const within = <A>(content: unknown, use: (config: string, untouched: () => void) => Promise<A>): Promise<A> =>
  withFolder((folder) => {
    const config = fileIn(folder, "config.json", content, 0o644)
    const before = readFileSync(config, "utf8")
    return use(config, () => {
      const now = [readFileSync(config, "utf8"), modeOf(config), readdirSync(folder)]
      expect(now).toEqual([before, "644", ["config.json"]])
    })
  })
