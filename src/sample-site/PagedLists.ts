/** How the lists of Confluence's v2 API page: by cursors, over rows in an order, each answer with the way to the next one. */
import { type Answer, written } from "./answers.ts"
import { withBodies } from "./bodyTroubles.ts"
import { ByteWriter } from "./ByteWriter.ts"
import type { Collection, Item, Order, Position, Scan } from "./Collection.ts"
import { readCursor, writeCursor } from "./cursors.ts"
import type { ContentItem } from "./pages.ts"
import { type ParameterForms, Parameters } from "./parameters.ts"
import { type BodyWish, Rows } from "./rows.ts"
import type { SiteContent, Viewer } from "./SiteContent.ts"

/** A request to an endpoint: its path below the site, its query and who asks. */
export interface EndpointRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
  readonly viewer: Viewer
  /** The values of the path's variable parts. */
  readonly parts: readonly string[]
}

/** The bodies that a request asks for. */
export const bodyWish = (parameters: Parameters): BodyWish | undefined => {
  const format = parameters.text("body-format")
  return format === undefined ? undefined : { format }
}

/** Lists of one site. */
export class PagedLists {
  protected readonly site: SiteContent
  protected readonly rows: Rows

  constructor(site: SiteContent) {
    this.site = site
    this.rows = new Rows(site)
  }

  protected parameters(request: EndpointRequest, forms: ParameterForms): Parameters {
    return new Parameters(request.query, forms, this.site.settings.quirks.lists)
  }

  protected cursor(request: EndpointRequest) {
    return readCursor(request.path, request.query, this.site.settings, this.site.siteTime())
  }

  protected pageSize(p: Parameters): number {
    const { maxPageSize } = this.site.settings
    return maxPageSize > 0 ? Math.min(maxPageSize, p.limit()) : p.limit()
  }

  protected scan<I extends Item>(
    request: EndpointRequest,
    p: Parameters,
    collection: Collection<I>,
    how: Pick<Scan<I>, "accepts" | "likely" | "spaces" | "goneToo">,
  ) {
    const { field, descending } = p.sort()
    const { after, before } = this.cursor(request)
    return {
      ...collection.scan({ ...how, order: this.orderOf(field), descending, after, limit: this.pageSize(p) }),
      before,
    }
  }

  protected byId(
    request: EndpointRequest,
    p: Parameters,
    collection: Collection<ContentItem>,
    type: "page" | "blogpost",
    ids: readonly string[],
    accepts: (item: ContentItem) => boolean,
    goneToo: boolean,
  ) {
    const ordinals = new Set(ids.flatMap((id) => this.site.ordinalOf(type, id) ?? []))
    return this.chosen(request, p, collection, [...ordinals], accepts, goneToo)
  }

  /** Pages over a few chosen items. */
  protected chosen<I extends Item>(
    request: EndpointRequest,
    p: Parameters,
    collection: Collection<I>,
    ordinals: readonly number[],
    accepts: (item: I) => boolean,
    goneToo = false,
  ) {
    const { field, descending } = p.sort()
    const order = this.orderOf(field)
    const keyOf = (item: I) => (order === "modified" ? item.version.at : order === "title" ? item.title : 0)
    const { after, before } = this.cursor(request)
    const matching = ordinals
      .flatMap((ordinal) => collection.get(ordinal) ?? [])
      .filter((item) => (!item.gone || goneToo) && accepts(item))
      .sort((a, b) => compare(keyOf(a), a.ordinal, keyOf(b), b.ordinal) * (descending ? -1 : 1))
      .filter((item) => {
        const order = after === undefined ? 0 : compare(keyOf(item), item.ordinal, after.key, after.ordinal)
        return after === undefined || (descending ? order < 0 : order > 0)
      })
    const limit = this.pageSize(p)
    const items = matching.slice(0, limit)
    const last = items[items.length - 1]
    const next = matching.length > limit && last !== undefined ? { key: keyOf(last), ordinal: last.ordinal } : undefined
    return { items, next, before }
  }

  /** A page of a short list, in the order of its rows' keys: what comes and goes meanwhile moves no other row. */
  protected pageOf<A extends object>(
    request: EndpointRequest,
    p: Parameters,
    rows: readonly A[],
    keyOf: (row: A) => number | string,
    descending = false,
  ): Answer {
    const { after, before } = this.cursor(request)
    const way = descending ? -1 : 1
    const left = rows
      .filter((row) => after === undefined || compare(keyOf(row), 0, after.key, 0) * way > 0)
      .sort((a, b) => compare(keyOf(a), 0, keyOf(b), 0) * way)
    const page = left.slice(0, this.pageSize(p))
    const last = page[page.length - 1]
    const next = left.length > page.length && last !== undefined ? { key: keyOf(last), ordinal: 0 } : undefined
    return this.answer(request, page, next, before, 200, (w, row) => w.text(JSON.stringify(row).slice(0, -1)))
  }

  /** Puts the answer together. `next` in it is relative to the site's root, through the gateway too. */
  protected answer<A>(
    request: EndpointRequest,
    rows: readonly A[],
    next: Position | undefined,
    before: number,
    bytesPerRow: number,
    write: (w: ByteWriter, row: A) => void,
  ): Answer {
    const { settings, siteUrl } = this.site
    const w = new ByteWriter(rows.length * bytesPerRow + 1024)
    w.text('{"results":[')
    for (const [i, row] of rows.entries()) {
      if (i > 0) w.text(",")
      write(w, row)
      w.text("}")
    }
    const base = `${siteUrl}/wiki`
    if (next === undefined) {
      w.text(`],"_links":{"base":"${base}"}}`)
      return written(w.result(), rows.length, { link: `<${base}>; rel="base"` })
    }
    const query = new URLSearchParams(request.query)
    query.set("cursor", writeCursor(request.path, request.query, settings, this.site.siteTime(), next, before))
    const address = `${request.path}?${query}`
    w.text(`],"_links":{"next":${JSON.stringify(address)},"base":"${base}"}}`)
    return written(w.result(), rows.length, { link: `<${address}>; rel="next", <${base}>; rel="base"` })
  }

  /** The same for rows with bodies, where they are asked for: not every body can be had. */
  protected answerWithBodies<A extends { readonly poisoned?: boolean }>(
    request: EndpointRequest,
    rows: readonly A[],
    next: Position | undefined,
    before: number,
    body: BodyWish | undefined,
    bytesPerRow: number,
    write: (w: ByteWriter, row: A) => void,
  ): Answer {
    const answer = this.answer(request, rows, next, before, bytesPerRow, write)
    return body === undefined ? answer : withBodies(answer, rows, this.site.settings)
  }

  /** The order of a collection that a sort field asks for. */
  private orderOf(field: string): Order {
    if (field === "modified-date") return this.site.settings.quirks.modifiedDateSorts === "version" ? "modified" : "id"
    return field === "title" ? "title" : "id"
  }
}

/** Orders rows by a key, and where that is equal by their ordinals. */
export const compare = (keyA: number | string, a: number, keyB: number | string, b: number): number =>
  keyA === keyB ? a - b : keyA < keyB ? -1 : 1
