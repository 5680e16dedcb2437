/**
 * Which rows the filters let in, as far as that takes to know the site: the space that content lies in, what a page lies below, and
 * what a comment or a file hangs on.
 *
 * Without filters nothing of this is asked. A whole reading of what hangs on content begins with all content that is let in: as the
 * streams of pages and blog posts find it in the same sync, else listed without bodies. A walk of newest changes looks up the few
 * containers that its rows name. What hangs on something that cannot be found is left out.
 */
import { Context, Deferred, Effect, Layer } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { Row } from "../confluence/Listing.ts"
import { isRecord } from "../json.ts"
import { Reporter } from "../protocol/Reporter.ts"
import {
  type Container,
  LISTED_CONTAINERS,
  SINGLE_CONTAINERS,
  containerKey,
  containerOf,
  toldContainer,
} from "../site/containers.ts"
import { IdList } from "../site/IdList.ts"
import { KeySet } from "../site/KeySet.ts"
import type { FilteredKind, Scope } from "../site/Scope.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { spaceOf } from "../site/siteLists.ts"
import { Ancestry } from "./Ancestry.ts"
import { admitContained, customContentKey } from "./containedContent.ts"
import { type ContentDates, askForDates, datesOf, isUndated } from "./contentDates.ts"
import type { ReadFailure } from "./failures.ts"
import { LetInSpaces } from "./LetInSpaces.ts"
import { eachLive, idOf, withTrash } from "./LookUp.ts"
import { type AskServices, MOST_AT_ONCE } from "./services.ts"
import type { FilteredAs } from "./StreamFacts.ts"
import { unknownBlogPosts } from "./unknownIds.ts"
import { type Verdict, inSpace } from "./verdicts.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, AskServices>

const isListed = (type: string): type is FilteredKind => type in LISTED_CONTAINERS

/** What is of no space is of the whole site. */
const isOfSpace = ({ spaceId }: Row): boolean => spaceId !== null

/** One kind of content that filters judge by itself. */
class Known {
  /** All that was found to be let in, and in the order in which it came. */
  readonly included = new KeySet()
  readonly ids = new IdList()
  /** The spaces that it lies in. */
  readonly spaces = new Set<string>()
  hasArchived = false
  /** What was seen, and the filters leave out. */
  readonly filtered = new KeySet()
  /** What was looked up, and is neither. */
  readonly others = new Map<string, Verdict>()
  /** What is not among `included` is not let in. */
  isWhole = false
  expected: Deferred.Deferred<boolean> | undefined
  listing: Reading<void> | undefined

  include(row: Row): void {
    if (!this.included.add(idOf(row))) return
    this.ids.add(idOf(row))
    this.spaces.add(String(row["spaceId"]))
    this.hasArchived ||= row["status"] === "archived"
  }
}

export interface Asked {
  /** The stream that pays for the requests. */
  readonly stream: string
  readonly filteredAs: FilteredAs
  /** Whether the destination has the row. */
  readonly isKnown: (id: string) => boolean
  /** Whether all that is known has been judged by these very filters before. */
  readonly isSettled: boolean
}

class SiteContents {
  readonly spaces: LetInSpaces
  readonly ancestry: Ancestry
  readonly #scope: Scope
  readonly #known: Readonly<Record<FilteredKind, Known>> = { page: new Known(), blogpost: new Known() }
  readonly #listers = new Map<FilteredKind, Reading<void>>()
  /** What was found of containers that are neither pages nor blog posts, by their keys. */
  readonly #beside = new Map<string, Verdict>()
  /** Those of which others than custom content were refused to be told. */
  readonly #refused = new Set<string>()
  #toldBlogPosts = false

  constructor(scope: Scope) {
    this.#scope = scope
    this.spaces = new LetInSpaces(scope)
    this.ancestry = new Ancestry(scope.roots)
  }

  /** How all content of a kind that is let in is listed: its rows come to `admit`. */
  listBy(kind: FilteredKind, list: Reading<void>): void {
    this.#listers.set(kind, list)
  }

  /** The kind's own stream is about to be read whole, so that others wait for it instead of asking too. */
  expect(kind: FilteredKind): void {
    this.#known[kind].expected = Deferred.makeUnsafe()
  }

  /** It has been read, all of it or not: without some rows that came without their ids, say. What was not expected to be read whole has told of its changes alone. */
  provide(kind: FilteredKind, isWhole: boolean): Effect.Effect<void> {
    const known = this.#known[kind]
    if (known.expected === undefined) return Effect.void
    if (isWhole) known.isWhole = true
    return Effect.asVoid(Deferred.succeed(known.expected, isWhole))
  }

  /** Prepares for a whole reading of a stream. */
  prepare(stream: string, filteredAs: FilteredAs | undefined): Reading<void> {
    if (this.#scope.isEverything || filteredAs === undefined || filteredAs === "space") return Effect.void
    const own = {
      ofSpace: Effect.void,
      page: this.ancestry.plant(stream),
      blogpost: this.#tellUnknownBlogPosts(stream),
      contained: this.#allExpected,
      contents: Effect.andThen(this.ancestry.plant(stream), this.#tellUnknownBlogPosts(stream)),
      container: Effect.forEach(["page", "blogpost"] as const, (kind) => this.#all(kind), {
        concurrency: 2,
        discard: true,
      }),
    }
    return Effect.andThen(this.spaces.known, own[filteredAs])
  }

  /** What this sync reads whole anyway is waited for; what else decides is looked up by its ids. */
  get #allExpected(): Reading<void> {
    return Effect.forEach(
      Object.values(this.#known),
      ({ expected }) => (expected === undefined ? Effect.void : Effect.asVoid(Deferred.await(expected))),
      { discard: true },
    )
  }

  /** The content of a kind that can be let in at all, where filters name that by ids; only after `prepare`. */
  named(kind: FilteredKind): IdList | undefined {
    if (kind === "page") return this.ancestry.included
    const { include } = this.#scope.blogPosts
    if (include.size === 0) return undefined
    const ids = new IdList()
    for (const id of include) ids.add(id)
    return ids
  }

  /** All content of a kind that is let in, in the order in which it came; only after `prepare`. */
  idsOf(kind: FilteredKind): IdList {
    return this.#known[kind].ids
  }

  /** Whether any of the content that is let in is archived, or lies in an archived space; only after `prepare`. */
  get isAnyArchived(): Reading<boolean> {
    return Effect.gen({ self: this }, function* () {
      const kinds = Object.values(this.#known)
      if (kinds.some(({ hasArchived }) => hasArchived)) return true
      const all = yield* SiteDirectory.use(({ spaces }) => Effect.option(spaces))
      // Where the spaces cannot be listed, nothing tells.
      if (all._tag === "None") return true
      return all.value.some(
        ({ id, status }) => status === "archived" && kinds.some((known) => known.spaces.has(String(id))),
      )
    })
  }

  #tellUnknownBlogPosts(stream: string): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      if (this.#toldBlogPosts) return
      this.#toldBlogPosts = true
      const reporter = yield* Reporter
      for (const sentence of yield* unknownBlogPosts(stream, this.#scope.blogPosts)) {
        yield* reporter.log("WARN", sentence)
      }
    })
  }

  #all(kind: FilteredKind): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const known = this.#known[kind]
      if (known.expected !== undefined) yield* Deferred.await(known.expected)
      if (known.isWhole) return
      const list = this.#listers.get(kind) ?? Effect.void
      known.listing ??= yield* Effect.cached(
        Effect.andThen(
          list,
          Effect.sync(() => void (known.isWhole = true)),
        ),
      )
      yield* known.listing
    })
  }

  /** What the filters say of rows. */
  admit(asked: Asked, rows: ReadonlyArray<Row>): Reading<ReadonlyArray<Verdict>> {
    switch (asked.filteredAs) {
      case "space":
        return Effect.sync(() => {
          const letIn = new Set(this.#scope.spaces(rows.map(spaceOf)).map(idOf))
          return rows.map((row) => (letIn.has(idOf(row)) ? "in" : "filtered"))
        })
      case "ofSpace":
        return Effect.map(this.spaces.of(rows.filter(isOfSpace)), (isSpaceIn) =>
          rows.map((row): Verdict => (isOfSpace(row) ? inSpace(isSpaceIn, row) : "in")),
        )
      case "page":
      case "blogpost":
        return this.#admitContent(asked.filteredAs, asked, rows)
      case "container":
        return this.#admitHanging(asked, rows, rows.map(toldContainer))
      case "contained":
        return admitContained(rows, {
          spaces: this.spaces,
          verdictOf: (container) => this.#verdictOf(container),
          admit: (some, containers) => this.#admitHanging(asked, some, containers),
          remember: (id, verdict) => void this.#beside.set(customContentKey(id), verdict),
        })
      case "contents":
        return Effect.succeed(rows.map(() => "in"))
    }
  }

  #admitContent(kind: FilteredKind, asked: Asked, rows: ReadonlyArray<Row>): Reading<ReadonlyArray<Verdict>> {
    return Effect.gen({ self: this }, function* () {
      // What is known and has changed since the last reconciliation lies where it lay then, or the next one will tell.
      const isSettled = (row: Row) =>
        kind === "page" &&
        this.ancestry.matters &&
        asked.isSettled &&
        !this.ancestry.isWhole &&
        asked.isKnown(idOf(row))
      const verdicts = yield* this.#judgeContent(kind, asked.stream, rows, isSettled)
      const known = this.#known[kind]
      verdicts.forEach((verdict, at) => {
        const row = rows[at]!
        if (verdict === "filtered") known.filtered.add(idOf(row))
        // What hangs on something in the trash is not read, be that itself a row.
        if (verdict === "in" && row["status"] !== "trashed" && !isSettled(row)) known.include(row)
      })
      return verdicts
    })
  }

  #judgeContent(
    kind: FilteredKind,
    stream: string,
    rows: ReadonlyArray<Row>,
    isSettled: (row: Row) => boolean,
  ): Reading<ReadonlyArray<Verdict>> {
    return Effect.gen({ self: this }, function* () {
      const isSpaceIn = yield* this.spaces.of(rows)
      const holds = (row: Row, dates: ContentDates) =>
        this.#scope.holds({ kind, id: idOf(row), status: String(row["status"]), ...dates })
      const undated = rows.filter((row) => isUndated(datesOf(row)) && !holds(row, datesOf(row)))
      const asked = yield* askForDates(kind, stream, undated.map(idOf))
      const verdicts = rows.map((row): Verdict => {
        const dates = asked.get(idOf(row)) ?? datesOf(row)
        const isLetIn = holds(row, dates)
        // A row that came without its dates is no row outside of them.
        if (!isLetIn && isUndated(dates)) return "unknown"
        if (!isLetIn) return row["status"] === "trashed" ? "trashed" : "filtered"
        return inSpace(isSpaceIn, row)
      })
      if (kind === "blogpost" || !this.ancestry.matters) return verdicts
      const open = rows.filter((row, at) => verdicts[at] === "in" && !isSettled(row))
      const isLetIn = yield* this.ancestry.judge(stream, open)
      const others = new Map(
        open.flatMap((row, at): ReadonlyArray<[Row, Verdict]> =>
          isLetIn[at] === true ? [] : [[row, isLetIn[at] === false ? "filtered" : "unknown"]],
        ),
      )
      return verdicts.map((verdict, at) => others.get(rows[at]!) ?? verdict)
    })
  }

  #admitHanging(
    asked: Asked,
    rows: ReadonlyArray<Row>,
    containers: ReadonlyArray<Container | undefined>,
  ): Reading<ReadonlyArray<Verdict>> {
    return Effect.gen({ self: this }, function* () {
      const { page, blogpost } = this.#known
      const isWhole = page.isWhole && blogpost.isWhole
      // Where all content that is let in is known, only what the destination has is worth a look at why it is not among it.
      const unjudged = rows.flatMap((row, at): ReadonlyArray<Container> => {
        const container = containers[at]
        if (container === undefined || this.#verdictOf(container) !== undefined) return []
        return isWhole && isListed(container.containerType) && !asked.isKnown(idOf(row)) ? [] : [container]
      })
      yield* this.#lookUp(asked, unjudged)
      return containers.map((container) =>
        container === undefined ? "unknown" : (this.#verdictOf(container) ?? "unknown"),
      )
    })
  }

  #verdictOf({ containerType, containerId }: Container): Verdict | undefined {
    if (isListed(containerType)) {
      const known = this.#known[containerType]
      if (known.included.has(containerId)) return "in"
      return known.filtered.has(containerId) ? "filtered" : known.others.get(containerId)
    }
    return this.#beside.get(containerKey({ containerType, containerId }))
  }

  /** `above`: what is being looked up, and hangs on these. Whoever asks meanwhile asks too: nothing is told before it is known. */
  #lookUp(asked: Asked, containers: ReadonlyArray<Container>, above: ReadonlySet<string> = new Set()): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      for (const kind of ["page", "blogpost"] as const) {
        const ids = new Set(containers.flatMap((each) => (each.containerType === kind ? each.containerId : [])))
        if (ids.size > 0) yield* this.#lookUpContent(asked.stream, kind, [...ids])
      }
      const single = new Map(
        containers
          .filter(({ containerType }) => !isListed(containerType))
          .map((container) => [containerKey(container), container]),
      )
      yield* Effect.forEach(single, ([key, container]) => this.#lookUpSingle(asked, key, container, above), {
        concurrency: MOST_AT_ONCE,
        discard: true,
      })
    })
  }

  #lookUpContent(stream: string, kind: FilteredKind, ids: ReadonlyArray<string>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const { others } = this.#known[kind]
      const asked: Asked = { stream, filteredAs: kind, isKnown: () => false, isSettled: false }
      const take = (rows: ReadonlyArray<Row>) =>
        Effect.map(this.#admitContent(kind, asked, rows), (verdicts) =>
          verdicts.forEach((verdict, at) => {
            const { id, status } = rows[at]!
            if (verdict !== "in" || status === "trashed") others.set(String(id), verdict === "in" ? "trashed" : verdict)
          }),
        )
      const list = { ...LISTED_CONTAINERS[kind], query: [], stream }
      const nowhere = yield* eachLive(withTrash(list), ids, take)
      for (const id of nowhere) others.set(id, "unknown")
    })
  }

  #lookUpSingle(asked: Asked, key: string, of: Container, above: ReadonlySet<string>): Reading<void> {
    // What hangs on itself hangs on nothing that could be found.
    if (above.has(key) || (asked.filteredAs !== "contained" && this.#refused.has(key))) return Effect.void
    return Effect.map(this.#verdictOfSingle(asked, of, new Set([...above, key])), (verdict) => {
      if (verdict === undefined) this.#refused.add(key)
      else this.#beside.set(key, verdict)
    })
  }

  /**
   * Undefined where it is refused to tell. A credential that reads comments and files need not be one that reads what
   * they hang on; one that reads custom content is, so that a refusal is a failure like that of a list.
   */
  #verdictOfSingle(
    asked: Asked,
    { containerType, containerId }: Container,
    above: ReadonlySet<string>,
  ): Reading<Verdict | undefined> {
    return Effect.gen({ self: this }, function* () {
      const endpoint = SINGLE_CONTAINERS[containerType]
      if (endpoint === undefined) return "unknown"
      const { stream, filteredAs } = asked
      const client = yield* ConfluenceClient
      const found = yield* client
        .request({ ...endpoint, path: `${endpoint.path}/${encodeURIComponent(containerId)}`, stream })
        .pipe(
          Effect.map(({ body }): Row => (isRecord(body) ? body : {})),
          Effect.catchTag("NotFound", () => Effect.succeed<Row>({})),
          Effect.catchIf(
            ({ _tag }) => filteredAs !== "contained" && (_tag === "Forbidden" || _tag === "ScopeMissing"),
            () => Effect.succeed(undefined),
          ),
        )
      if (found === undefined) return undefined
      const container = containerOf(found)
      // Custom content that hangs on nothing lies in its space.
      if (container === undefined) {
        return found["spaceId"] === undefined ? "unknown" : inSpace(yield* this.spaces.of([found]), found)
      }
      if (this.#verdictOf(container) === undefined) yield* this.#lookUp(asked, [container], above)
      return this.#verdictOf(container) ?? (above.has(containerKey(container)) ? "unknown" : undefined)
    })
  }
}

/** The contents of the site in one sync. */
export class Contents extends Context.Service<Contents, SiteContents>()("source-confluence/Contents") {
  static readonly layer = (scope: Scope): Layer.Layer<Contents> => Layer.sync(Contents)(() => new SiteContents(scope))
}
