/** Comments as rows, and what each hangs on: replies may not name it, then it is what their parent hangs on. */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { Row } from "../confluence/Listing.ts"
import { type Container, containerOf, withContainer } from "../site/containers.ts"
import type { ReadFailure } from "../sync/failures.ts"
import { idOf } from "../sync/LookUp.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { withTimes } from "./rowFacts.ts"

export const SCOPE = "read:comment:confluence"
export const KINDS = { footer: "/wiki/api/v2/footer-comments", inline: "/wiki/api/v2/inline-comments" } as const
export type Kind = keyof typeof KINDS

/** Comments whose container is remembered for the replies that follow; an older parent is asked for by its id. */
const MOST_REMEMBERED = 50_000
export const parentOf = (row: Row) => (typeof row["parentCommentId"] === "string" ? row["parentCommentId"] : undefined)

export const shaped = (kind: Kind, row: Row): Row => {
  row["commentType"] = kind
  return withContainer(withTimes(row))
}

/** Finds the container of replies that do not name it. */
export class Containers {
  readonly #remembered = new Map<string, Container>()
  readonly #kind: Kind
  constructor(kind: Kind) {
    this.#kind = kind
  }

  remember(id: string, container: Container): void {
    this.#remembered.set(id, container)
    if (this.#remembered.size > MOST_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!)
  }

  find(id: string): Effect.Effect<Container | undefined, ReadFailure, ReadServices> {
    return Effect.gen({ self: this }, function* () {
      const remembered = this.#remembered.get(id)
      if (remembered !== undefined) return remembered
      const client = yield* ConfluenceClient
      const path = `${KINDS[this.#kind]}/${encodeURIComponent(id)}`
      const parent = yield* client.request({ path, stream: "comments", scope: SCOPE }).pipe(
        Effect.map((answer) => answer.body as Row),
        // The reply outlived its parent: nothing says any more where it hangs.
        Effect.catchTag("NotFound", () => Effect.succeed<Row>({})),
      )
      const above = parentOf(parent)
      const container = containerOf(parent) ?? (above === undefined ? undefined : yield* this.find(above))
      if (container !== undefined) this.remember(id, container)
      return container
    })
  }

  /** Gives each row its container. */
  complete(rows: ReadonlyArray<Row>): Effect.Effect<void, ReadFailure, ReadServices> {
    return Effect.gen({ self: this }, function* () {
      for (const row of rows) {
        const parent = parentOf(row)
        const container = containerOf(row) ?? (parent === undefined ? undefined : yield* this.find(parent))
        withContainer(row, container)
        if (container !== undefined) this.remember(idOf(row), container)
      }
    })
  }
}
