/**
 * What one sync finds out of the types of custom content that the config names: whether the site knows them, in which form their bodies
 * are, and which rows are of which.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../../confluence/errors.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import { KeySet } from "../../site/KeySet.ts"
import { Once } from "../../sync/Once.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { ONE_ROW } from "../kinds/lists.ts"

export const PATH = "/wiki/api/v2/custom-content"
export const LISTED: Endpoint = { path: PATH, scopes: [["read:custom-content:confluence"]] }
export const SCOPE = scopeNames(LISTED)

export class TypesOfRun {
  /** Types that the site does not know. */
  readonly unknown = new Set<string>()
  /** Types whose bodies are in a form of their own. */
  readonly raw = new Set<string>()
  /** The ids that lists have shown in this sync, by type. */
  readonly #listed = new Map<string, KeySet>()
  /** The log says what to configure. */
  isTold = false

  note(type: string, ids: Iterable<string>): void {
    const known = this.#listed.get(type) ?? new KeySet()
    for (const id of ids) known.add(id)
    this.#listed.set(type, known)
  }

  /** Ids by the type whose list has shown them; undefined for those of which none has. */
  byType(ids: ReadonlyArray<string>): ReadonlyMap<string | undefined, ReadonlyArray<string>> {
    const typeOf = (id: string) => [...this.#listed].find(([, listed]) => listed.has(id))?.[0]
    return Map.groupBy(ids, typeOf)
  }
}

const known = new WeakMap<StreamRun, TypesOfRun>()

export const typesOf = (run: StreamRun): TypesOfRun => {
  const types = known.get(run) ?? new TypesOfRun()
  known.set(run, types)
  return types
}

/** Whether a refusal may say that the site does not know the type. Doubt: 404, as the document has it, or 400. */
export const mayBeOfType = (error: ConfluenceError): boolean =>
  (error._tag === "NotFound" && !error.webPage) || error._tag === "BadRequest"

/** Whether the site knows a type: asked for nothing but that, it says so. `stream`: the one that pays. */
export const isKnownType = Effect.fnUntraced(function* (type: string, stream?: string) {
  const client = yield* ConfluenceClient
  const query = [["type", type], ONE_ROW] as const
  const request = { path: PATH, query, scope: SCOPE, ...(stream === undefined ? {} : { stream }) }
  return yield* client.request(request).pipe(
    Effect.as(true),
    Effect.catchIf(mayBeOfType, () => Effect.succeed(false)),
  )
})

/** Whether the site does not know a type whose list it has refused: asked for nothing but the type, it refuses that again. */
export const isUnknownType = Effect.fnUntraced(function* (run: StreamRun, type: string, refusal: ConfluenceError) {
  const { unknown } = typesOf(run)
  if (unknown.has(type)) return true
  if (!mayBeOfType(refusal)) return false
  const { name: stream } = run.facts
  const isUnknown = !(yield* isKnownType(type, stream))
  if (isUnknown && !unknown.has(type)) {
    unknown.add(type)
    const reporter = yield* Reporter
    const once = yield* Once
    yield* once.answer(`whether ${type} is known`, reporter.log("WARN", unknownType(stream, type)))
  }
  return isUnknown
})

export const noTypes = (stream: string): string =>
  `${stream}: no types are configured, so there is nothing to read. Set custom_content_types to the types that you want, such as ["ac:com.example.diagrams:diagram"].`

export const unknownType = (stream: string, type: string): string =>
  `${stream}: the site knows no custom content of the type "${type}", which custom_content_types names: no app that is installed brings it. All other types are read.`
