/**
 * What has become of the containers of comments and attachments: pages and blog posts by 250, anything else one by one.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { Row } from "../confluence/Listing.ts"
import { type Container, LISTED_CONTAINERS, SINGLE_CONTAINERS, containerKey } from "../site/containers.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { refusesSpaces } from "../site/siteLists.ts"
import type { ReadFailure } from "./failures.ts"
import { lookFor } from "./gone.ts"
import { type ById, eachAnywhere, idOf } from "./LookUp.ts"
import type { ReadServices } from "./readServices.ts"
import { MOST_AT_ONCE } from "./services.ts"

/**
 * `current`: it and its space. `archived`: one of the two, or it cannot be told. `unseen`: it is not there, or the credential does
 * not see it, or may not ask.
 */
export type ContainerState = "current" | "archived" | "trashed" | "purged" | "unseen"

type States = Map<string, ContainerState>
type Asking = Effect.Effect<void, ReadFailure, ReadServices>

/** A credential that reads what hangs on content need not be one that reads the content. */
const unlessRefused = (ask: Asking): Asking =>
  ask.pipe(Effect.catchTag(["Forbidden", "ScopeMissing", "NotFound"], () => Effect.void))

const stateOf = (row: Row, currentSpaces: ReadonlySet<string>): ContainerState => {
  switch (row["status"]) {
    case "trashed":
      return "trashed"
    case "deleted":
      return "purged"
    case "current":
      return currentSpaces.has(String(row["spaceId"])) ? "current" : "archived"
    default:
      return "archived"
  }
}

const NO_SPACES: ReadonlySet<string> = new Set()

/** Finds the states of containers; one that is not in the answer is unseen. `stream` pays for the requests. */
export const statesOf = Effect.fnUntraced(function* (
  stream: string,
  containers: ReadonlyArray<Container>,
): Effect.fn.Return<ReadonlyMap<string, ContainerState>, ReadFailure, ReadServices> {
  const directory = yield* SiteDirectory
  const client = yield* ConfluenceClient
  const spaces = yield* Effect.result(directory.spaces)
  if (spaces._tag === "Failure" && !refusesSpaces(spaces.failure)) return yield* spaces.failure
  const currentSpaces = new Set(
    spaces._tag === "Failure" ? [] : spaces.success.filter(({ status }) => status === "current").map(idOf),
  )
  const states: States = new Map()
  const note = (containerType: string, row: Row, current: ReadonlySet<string> = currentSpaces) =>
    void states.set(containerKey({ containerType, containerId: idOf(row) }), stateOf(row, current))
  const listed = Object.entries(LISTED_CONTAINERS).map(([type, endpoint]): Asking => {
    const ids = [...new Set(containers.flatMap((each) => (each.containerType === type ? each.containerId : [])))]
    const list: ById = { ...endpoint, query: [], stream }
    return Effect.gen(function* () {
      const take = (current?: ReadonlySet<string>) => (rows: ReadonlyArray<Row>) =>
        Effect.sync(() => rows.forEach((row) => note(type, row, current)))
      // What the spaces that are archived by now have shown is in one that was archived since, or has just come back.
      const live = (some: ReadonlyArray<string>, archived?: ReadonlyArray<string>) =>
        eachAnywhere(list, some, take(archived === undefined ? undefined : NO_SPACES), undefined, archived)
      for (const [id, reason] of yield* lookFor({ live, onRows: take(), list, bare: list }, ids)) {
        if (reason === "not_visible") continue
        states.set(containerKey({ containerType: type, containerId: id }), reason === "trashed" ? reason : "purged")
      }
    })
  })
  const each = new Map(containers.map((container) => [containerKey(container), container]))
  const single = [...each.values()].flatMap(({ containerType: type, containerId: id }): ReadonlyArray<Asking> => {
    const endpoint = SINGLE_CONTAINERS[type]
    if (endpoint === undefined) return []
    const request = { ...endpoint, path: `${endpoint.path}/${encodeURIComponent(id)}`, stream }
    return [Effect.map(client.request(request), ({ body }) => note(type, { ...(body as Row), id }))]
  })
  yield* Effect.forEach([...listed, ...single], unlessRefused, { concurrency: MOST_AT_ONCE, discard: true })
  return states
})
