/** The errors that a request ends with, where its last answer alone does not say what is wrong. */
import type { Asked, Verdict } from "./answers.ts"
import { CredentialsRejected, Forbidden, SiteUnavailable, WrongSite } from "./errors.ts"
import type { ConfluenceError } from "./errors.ts"
import { adviceOn } from "./reaching.ts"

export const lostAccess = ({ endpoint, remedies }: Asked, { internalMessage }: ConfluenceError): CredentialsRejected =>
  new CredentialsRejected({
    endpoint,
    internalMessage,
    message: `Atlassian opens nothing to the credential any more, not even what it opened before: ${remedies.rejected}.`,
  })

export const refusedHere = ({ endpoint, scope }: Asked, { internalMessage }: ConfluenceError): Forbidden =>
  new Forbidden({
    endpoint,
    internalMessage,
    message:
      `Confluence refuses ${endpoint} (401 Unauthorized), although the credential opens others: it lacks ` +
      `${scope === undefined ? "a scope" : `the scope ${scope}`}, or the user a permission. Ask an administrator to grant it.`,
  })

export const unencrypted = (endpoint: string): WrongSite =>
  new WrongSite({
    endpoint,
    message: `${endpoint} is not sent: over http:// the credential would be readable by others. Use https:// in domain_name.`,
  })

export const unavailable = (
  endpoint: string,
  base: string,
  last: Extract<Verdict, { _tag: "Retry" }>,
  status: number | undefined,
  tries: number,
): SiteUnavailable =>
  new SiteUnavailable({
    endpoint,
    kind: last.kind,
    status,
    tries,
    message:
      `${new URL(base).host} gave no usable answer to ${endpoint} in ${tries} ${tries === 1 ? "try" : "tries"}; ` +
      `the last one: ${last.why}. ${adviceOn(last.kind)}`,
  })
