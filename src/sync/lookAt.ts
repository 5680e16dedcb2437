/** Looks at one row by its id. */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { isHeavy } from "../confluence/errors.ts"
import type { Query, Row } from "../confluence/Listing.ts"
import type { ReadFailure } from "./failures.ts"
import { withoutBody } from "./lostBodies.ts"
import { LAST_TIMEOUT_MS } from "./PageSize.ts"
import type { ReadServices } from "./readServices.ts"

/** Where rows are found by their ids. */
export interface Place {
  /** From the site's root, up to the id. */
  readonly path: string
  readonly scope: string
  /** The stream that pays for the requests. */
  readonly stream: string
}

/** How a row is asked for whose body may be what the site cannot give. */
const LAST = { timeoutMs: LAST_TIMEOUT_MS } as const

/** A single object's links have the site's address beside them, which a list has once for all its rows. */
export const asListed = (found: Row): Row => {
  const links = found["_links"]
  if (typeof links !== "object" || links === null) return found
  const { base: _base, ...listed } = links as Row
  return { ...found, _links: listed }
}

/**
 * The row of an id; undefined where there is none. `body`: the parameters that ask for its body. Where the site cannot give that, the
 * row comes without it.
 */
export const lookAt = Effect.fnUntraced(function* (
  { path, scope, stream }: Place,
  id: string,
  body: Query,
): Effect.fn.Return<Row | undefined, ReadFailure, ReadServices> {
  const client = yield* ConfluenceClient
  const request = { path: `${path}/${encodeURIComponent(id)}`, scope, stream }
  const ask = (query: Query) =>
    client.request({ ...request, query, ...(query.length === 0 ? {} : LAST) }).pipe(
      Effect.map((answer) => answer.body as Row),
      Effect.catchTag("NotFound", () => Effect.succeed(undefined)),
    )
  const found =
    body.length === 0
      ? yield* ask([])
      : yield* ask(body).pipe(
          Effect.catchIf(
            (error) => error._tag === "SiteUnavailable" && isHeavy(error.kind),
            () => Effect.map(ask([]), (row) => (row === undefined ? row : withoutBody(row))),
          ),
        )
  return found?.["status"] === undefined ? undefined : asListed(found)
})
