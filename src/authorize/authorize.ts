/**
 * Gets an OAuth 2.0 (3LO) grant by a browser, and writes the config that uses it: asks for consent, takes the answer at a
 * callback address on this machine, changes the code for tokens, and finds out the site.
 */
import { randomBytes } from "node:crypto"
import { Cause, Deferred, Effect, Exit, type FileSystem, Redacted, type Scope } from "effect"
import { type ConfigInvalid, type ConnectorConfig, decodeConfig } from "../config/ConnectorConfig.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { GrantedSite } from "../confluence/GrantedSites.ts"
import { CERTAIN } from "../confluence/reaching.ts"
import { type OauthClient, requestTokens } from "../confluence/TokenEndpoint.ts"
import type { Transport } from "../confluence/Transport.ts"
import type { InputInvalid } from "../protocol/inputFile.ts"
import type { Redactor } from "../protocol/Redactor.ts"
import { AuthorizeFailed, quotable } from "./AuthorizeFailed.ts"
import { callbackServer } from "./callbackServer.ts"
import { type GivenConfig, readGiven, type Target, targetOf, withGrant, writeConfig } from "./configFile.ts"
import { consentAddress, consentAnswer, consentSecrets } from "./consent.ts"
import { choicePage, donePage, failedPage, type Page, redirectTo, strayPage } from "./pages.ts"
import type { Question } from "./prompt.ts"
import { choiceOf, siteText, sitesOf } from "./sites.ts"

/** Where the browser comes back to; part of the callback URL that an app registers. */
const CALLBACK_PATH = "/callback"

/** How long a person has for the consent page, and for choosing a site, each. */
const PATIENCE = "10 minutes"

/** What the command line says. */
export interface AuthorizeOptions {
  /** The file to begin with. */
  readonly config: string | undefined
  /** The file to write; the same by default. */
  readonly output: string | undefined
  readonly port: number
  readonly scopes: ReadonlyArray<string>
  /** The platform's DEPLOYMENT_MODE. */
  readonly deploymentMode: string | undefined
}

/** Who authorizes. */
export interface Person {
  /** Tells something, a line or several. */
  readonly say: (text: string) => Effect.Effect<void>
  /** Undefined where there is no terminal to ask in. */
  readonly ask: ((question: Question) => Effect.Effect<string, AuthorizeFailed>) | undefined
  /** Hands the address of the consent page to a program that has called for it; undefined where there is none. */
  readonly handOver: ((address: string) => Effect.Effect<void>) | undefined
  /** Opens an address in a browser; answers what went wrong, if it did. Undefined where that is not wanted. */
  readonly open: ((address: string) => Effect.Effect<string | undefined>) | undefined
  /** Knows what may not be shown to anybody. */
  readonly redactor: Redactor
}

/** Every way in which authorizing can fail; each has a `message` for the person. */
export type AuthorizeError = AuthorizeFailed | InputInvalid | ConfigInvalid | ConfluenceError

const failed = (message: string) => new AuthorizeFailed({ message })

interface Prepared {
  readonly given: GivenConfig
  readonly target: Target
  readonly client: OauthClient
  readonly endpoints: ConnectorConfig["endpoints"]
}

/** The grant that stands for the one to come, when the rest of the config is looked at. */
const EXPECTED = {
  tokens: { accessToken: Redacted.make("expected"), refreshToken: Redacted.make("expected"), expiresAt: 0 },
  site: { cloudId: "", url: "https://acme.atlassian.net", name: "" },
} as const

/** Everything that can be found wanting before a browser opens. */
const prepare = Effect.fnUntraced(function* (
  { config, output, deploymentMode }: AuthorizeOptions,
  { ask, say, redactor }: Person,
): Effect.fn.Return<Prepared, AuthorizeError, FileSystem.FileSystem> {
  const file = output ?? config
  if (file === undefined) {
    return yield* failed(
      "authorize needs a file to write the config to: name it with --output, or one to complete with --config.",
    )
  }
  const given = yield* readGiven(config)
  for (const secret of given.secrets) redactor.add(secret)
  const target = yield* targetOf(output === undefined ? "--config" : "--output", file)
  if (given.replaced !== undefined) {
    yield* say(
      `The credentials of ${config} are of the kind "${given.replaced}"; those of OAuth 2.0 will take their place.`,
    )
  }
  const missing = [
    ...(given.clientId === undefined ? ["client_id"] : []),
    ...(given.clientSecret === undefined ? ["client_secret"] : []),
  ]
  if (missing.length > 0 && ask === undefined) {
    const names = missing.map((name) => `"credentials.${name}"`).join(" and ")
    return yield* failed(
      `${names} of the OAuth 2.0 app ${missing.length === 1 ? "is" : "are"} missing${config === undefined ? "" : ` in ${config}`}, and there is no terminal to ask in: give a config that has ${missing.length === 1 ? "it" : "them"} with --config.`,
    )
  }
  const answer = Effect.fnUntraced(function* (known: string | undefined, text: string, secret: boolean) {
    let value = known
    while (value === undefined || value === "") value = yield* ask!({ text, secret })
    return value
  })
  const clientId = yield* answer(given.clientId, "Client id of the OAuth 2.0 app: ", false)
  const clientSecret = yield* answer(given.clientSecret, "Client secret (it is not shown): ", true)
  redactor.add(clientSecret)
  const client = { client_id: clientId, client_secret: Redacted.make(clientSecret) }
  const { endpoints } = yield* decodeConfig(withGrant(given, { client, ...EXPECTED }), { deploymentMode })
  return { given, target, client, endpoints }
})

/** The pages that a browser waits for: each is there when its time has come. */
interface Replies {
  /** To the callback. */
  readonly first: Deferred.Deferred<Page>
  /** To the choice of a site. */
  readonly last: Deferred.Deferred<Page>
}

const FOREIGN =
  "The browser brought an answer that does not belong to this request (its state is another one): it may be of an earlier try, or somebody else's. Nothing was written; call authorize again."

const refusal = (error: string, description: string): string => {
  const said = quotable(description === "" ? error : `${error}: ${description}`)
  return error === "access_denied"
    ? `Access was refused on the consent page (${said}). Nothing was written.`
    : `Atlassian's consent page gave no access (${said}): check the permissions of the OAuth 2.0 app and its callback URL. Nothing was written.`
}

const tooLate = (what: string) => failed(`${what} within ${PATIENCE}. Nothing was written; call authorize again.`)

/** From the consent to the tokens and the site, with the callback server open for as long. */
const getGrant = Effect.fnUntraced(function* (
  { port, scopes }: AuthorizeOptions,
  { say, handOver, open, redactor }: Person,
  { given, client, endpoints }: Prepared,
  replies: Replies,
) {
  const answered = yield* Deferred.make<Redacted.Redacted<string>, AuthorizeFailed>()
  const offered = yield* Deferred.make<{ readonly sites: ReadonlyArray<GrantedSite>; readonly why: string }>()
  const chosen = yield* Deferred.make<GrantedSite>()
  // Nobody else knows the address of the choice, so no other page can make it.
  const choicePath = `/site/${randomBytes(32).toString("base64url")}`
  const secrets = yield* consentSecrets
  redactor.add(Redacted.value(secrets.codeVerifier))

  const server = yield* callbackServer(port, {
    [CALLBACK_PATH]: {
      GET: Effect.fnUntraced(function* (parameters) {
        const answer = consentAnswer(parameters, secrets.state)
        switch (answer.kind) {
          case "none":
            return strayPage
          case "foreign":
            yield* Deferred.fail(answered, failed(FOREIGN))
            return failedPage(FOREIGN)
          case "refused":
            yield* Deferred.fail(answered, failed(refusal(answer.error, answer.description)))
            break
          case "code":
            // The first code counts; who asks again gets the same page.
            yield* Deferred.succeed(answered, answer.code)
        }
        return yield* Deferred.await(replies.first)
      }),
    },
    [choicePath]: {
      GET: () => Effect.map(Deferred.await(offered), ({ sites, why }) => choicePage(sites, why)),
      POST: Effect.fnUntraced(function* (form) {
        const { sites, why } = yield* Deferred.await(offered)
        const site = sites.find(({ cloudId }) => cloudId === form.get("site"))
        if (site === undefined) return choicePage(sites, why)
        yield* Deferred.succeed(chosen, site)
        return yield* Deferred.await(replies.last)
      }),
    },
  })
  const redirectUri = `${server.origin}${CALLBACK_PATH}`
  const { auth } = endpoints
  const address = consentAddress({ auth, clientId: client.client_id, scopes, redirectUri }, secrets)
  yield* say(
    `${open === undefined ? "Open this address in a browser on this machine" : "A browser opens; if it does not, open this address yourself"}:\n\n${address}\n\nThe answer is awaited at ${redirectUri}, which must be the callback URL of the OAuth 2.0 app. Ctrl-C ends the waiting.`,
  )
  if (handOver !== undefined) yield* handOver(address)
  if (open !== undefined) {
    yield* Effect.forkScoped(
      Effect.flatMap(open(address), (problem) =>
        problem === undefined ? Effect.void : say(`No browser could be opened (${problem}): open the address above.`),
      ),
    )
  }
  const code = yield* Deferred.await(answered).pipe(
    Effect.timeoutOrElse({ duration: PATIENCE, orElse: () => tooLate("No answer came from the browser") }),
  )
  redactor.add(Redacted.value(code))
  const grant = {
    grant_type: "authorization_code",
    ...client,
    code,
    redirect_uri: redirectUri,
    code_verifier: secrets.codeVerifier,
  } as const
  const tokens = yield* requestTokens({ auth, grant, certain: CERTAIN })
  redactor.add(Redacted.value(tokens.accessToken))
  if (tokens.refreshToken === undefined) {
    return yield* failed(
      "Atlassian gave no refresh token, without which the access ends in an hour: the OAuth 2.0 app must be allowed the scope offline_access. Nothing was written.",
    )
  }
  redactor.add(Redacted.value(tokens.refreshToken))
  const sites = yield* sitesOf(endpoints.gateway, tokens.accessToken)
  if (sites.length === 0) {
    return yield* failed(
      "Access was given, but to no site with Confluence: choose one on the consent page, with an account that may use Confluence there. Nothing was written; call authorize again.",
    )
  }
  const choice = choiceOf(sites, given.host)
  if ("site" in choice) return { client, tokens, site: choice.site }
  yield* say(`${choice.ask} The page is in the browser, at\n\n${server.origin}${choicePath}\n`)
  yield* Deferred.succeed(offered, { sites, why: choice.ask })
  yield* Deferred.succeed(replies.first, redirectTo(choicePath))
  const site = yield* Deferred.await(chosen).pipe(
    Effect.timeoutOrElse({ duration: PATIENCE, orElse: () => tooLate("No site was chosen") }),
  )
  return { client, tokens, site }
})

const pageOf = (exit: Exit.Exit<GrantedSite, AuthorizeError>, redactor: Redactor): Page => {
  if (Exit.isSuccess(exit)) return donePage(exit.value)
  const error = exit.cause.reasons.find(Cause.isFailReason)?.error
  return failedPage(redactor.redact(error?.message ?? "It was ended in the terminal. Nothing was written."))
}

/** Runs to the end, or to a failure or an interruption that leaves the files as they were. */
export const authorize = (
  options: AuthorizeOptions,
  person: Person,
): Effect.Effect<void, AuthorizeError, FileSystem.FileSystem | Transport> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const prepared = yield* restore(prepare(options, person))
      const replies: Replies = { first: yield* Deferred.make<Page>(), last: yield* Deferred.make<Page>() }
      const conclude: Effect.Effect<GrantedSite, AuthorizeError, FileSystem.FileSystem | Transport | Scope.Scope> =
        Effect.gen(function* () {
          const granted = yield* restore(getGrant(options, person, prepared, replies))
          const config = withGrant(prepared.given, granted)
          // The site's address has come from outside.
          yield* decodeConfig(config, { deploymentMode: options.deploymentMode })
          const { name } = prepared.target
          yield* writeConfig(prepared.target, config)
          yield* person.say(
            `The config is in ${name}; it reads ${siteText(granted.site)}. Try it: source-confluence check --config ${name}\nUse it in one place: each renewal of the access replaces the refresh token, and the one before is void.`,
          )
          return granted.site
        })
      yield* conclude.pipe(
        Effect.onExit((exit) => {
          const page = pageOf(exit, person.redactor)
          return Effect.all([Deferred.succeed(replies.first, page), Deferred.succeed(replies.last, page)])
        }),
      )
    }).pipe(Effect.scoped),
  )
