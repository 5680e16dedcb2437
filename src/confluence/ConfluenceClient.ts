/**
 * Asks one Confluence site for JSON: what streams use. Where the site is and how one signs in has been found out before
 * (SignIn.ts); every try goes the one way out (Exchange.ts).
 */
import { Context, Effect, Layer } from "effect"
import type { ConfluenceError } from "./errors.ts"
import { Exchange } from "./Exchange.ts"
import type { ApiResponse } from "./Exchange.ts"
import { RateControl } from "./RateControl.ts"

export type { ApiResponse } from "./Exchange.ts"

/** A documented read of the REST API. */
export interface ApiRequest {
  /** Default GET. A POST must be a read (users-bulk): it is sent again after a failure like any other. */
  readonly method?: "GET" | "POST"
  /** Begins with `/wiki/`; variable parts percent-encoded. */
  readonly path: string
  /** Repeated keys are allowed; encoded by the client. */
  readonly query?: ReadonlyArray<readonly [string, string]>
  /** Sent as JSON. */
  readonly body?: unknown
  /** The stream that the request is counted under. */
  readonly stream?: string
  /** The granular scope of the endpoint, named in errors. */
  readonly scope?: string
  /** Of the requests that wait for their turn, the one with the highest goes first. Default 0. */
  readonly priority?: number
  /** The answer that is wanted is a redirect: `ApiResponse.location` says where it leads. It is not followed. */
  readonly asksWhere?: boolean | undefined
  /** Tries before giving up, whatever fails. */
  readonly mostTries?: number | undefined
  /** Tries before SiteUnavailable, 1 or more, for what may be too heavy: asking for less then helps more than asking again. */
  readonly tries?: number | undefined
  /** A try is given up after this long, ms. Default 55 s. */
  readonly timeoutMs?: number | undefined
  /** Longer answers are not taken: SiteUnavailable, "too large". */
  readonly mostBytes?: number | undefined
  /** About how long the answer will be, where it may be long. */
  readonly expectedBytes?: number | undefined
}

/** Where the API is served. */
export interface ApiBase {
  /** Origin, and for the gateway `/ex/confluence/{cloudId}`; no slash at its end. Paths of requests are appended. */
  readonly baseUrl: string
}

/** Reads from one site. */
export class ConfluenceClient extends Context.Service<
  ConfluenceClient,
  {
    readonly request: (request: ApiRequest) => Effect.Effect<ApiResponse, ConfluenceError>
    /** How many more requests could be sent at once; below 0 by the number of those that wait beyond that. */
    readonly idleSlots: () => number
  }
>()("source-confluence/ConfluenceClient") {
  /** The client of the site that signing in has found. */
  static readonly layer = (base: ApiBase): Layer.Layer<ConfluenceClient, never, Exchange | RateControl> =>
    Layer.effect(
      ConfluenceClient,
      Effect.gen(function* () {
        const exchange = yield* Exchange
        const gate = yield* RateControl
        return {
          request: ({ method = "GET", query = [], ...rest }) =>
            exchange.request({ ...rest, method, query, base: base.baseUrl, authorized: true }),
          idleSlots: gate.idleSlots,
        }
      }),
    )
}
