/** Single objects of Confluence's v2 API, and its two lookups by POST: users by account id, types of content by id. */
import { type Answer, errorV2, json, notFound, Refusal, written } from "./answers.ts"
import { withBodies } from "./bodyTroubles.ts"
import { ByteWriter } from "./ByteWriter.ts"
import { isTreeType, type TreeType } from "./contentTypes.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { type ParameterForms, Parameters } from "./parameters.ts"
import { CONTENT_KINDS, Rows } from "./rows.ts"
import type { ContentKind } from "./SiteCollections.ts"
import type { SiteContent, Viewer } from "./SiteContent.ts"

const flag = { form: "boolean" } as const
const BODY = {
  form: "one of",
  values: ["storage", "atlas_doc_format", "view", "export_view", "anonymous_export_view", "styled_view", "editor"],
} as const
const SHARED: ParameterForms = {
  version: { form: "whole" },
  "include-properties": flag,
  "include-operations": flag,
  "include-versions": flag,
  "include-version": flag,
}
const CONTENT: ParameterForms = {
  ...SHARED,
  "body-format": BODY,
  "get-draft": flag,
  "include-labels": flag,
  "include-likes": flag,
  "include-favorited-by-current-user-status": flag,
  "include-webresources": flag,
  "include-collaborators": flag,
}
const TREE: ParameterForms = {
  "include-collaborators": flag,
  "include-direct-children": flag,
  "include-operations": flag,
  "include-properties": flag,
}
const FORMS: Readonly<Record<ContentKind | TreeType, ParameterForms>> = {
  page: {
    ...CONTENT,
    "include-direct-children": flag,
    status: { form: "list of", values: ["current", "archived", "trashed", "deleted", "historical", "draft"] },
  },
  blogpost: {
    ...CONTENT,
    status: { form: "list of", values: ["current", "trashed", "deleted", "historical", "draft"] },
  },
  attachment: { ...SHARED, "include-labels": flag, "include-collaborators": flag },
  "footer-comment": { ...SHARED, "body-format": BODY, "include-likes": flag },
  "inline-comment": { ...SHARED, "body-format": BODY, "include-likes": flag },
  folder: TREE,
  whiteboard: TREE,
  database: TREE,
  embed: TREE,
}

/** Sub-lists that can be asked for; nothing on the sample site is liked or has properties. */
const EMPTY_PARTS = ["properties", "likes"] as const
/** So many labels are in an object at most. */
const MOST_LABELS = 50

/** Answers for single objects of one site. */
export class Singles {
  private readonly site: SiteContent
  private readonly rows: Rows

  constructor(site: SiteContent) {
    this.site = site
    this.rows = new Rows(site)
  }

  /** `GET /pages/{id}` and the like. What is in the trash is still answered, with its status; only a purge makes it 404. */
  one(request: EndpointRequest, kind: ContentKind | TreeType): Answer {
    const p = new Parameters(request.query, FORMS[kind], this.site.settings.quirks.lists)
    const id = request.parts[0] ?? ""
    if (!(kind === "attachment" ? /^(att)?\d+$/ : /^\d+$/).test(id))
      throw new Refusal(
        errorV2(
          400,
          "INVALID_REQUEST_PARAMETER",
          `Provided value {${id}} for 'id' is not the correct type. Expected type is long`,
        ),
      )
    const w = new ByteWriter(8192)
    const format = p.text("body-format")
    const row = this.write(w, kind, id, request.viewer, format === undefined ? undefined : { format })
    const wanted = p.list("status")
    if (row === undefined || (wanted !== undefined && !wanted.includes(row.status)))
      throw new Refusal(notFound(request.path))
    if (p.text("version") !== undefined && Number(p.text("version")) !== row.version)
      throw new Refusal(notFound(request.path))
    for (const part of EMPTY_PARTS)
      if (p.flag(`include-${part}`, false))
        w.text(`,"${part}":{"results":[],"meta":{"hasMore":false},"_links":{"self":"${request.path}/${part}"}}`)
    if (p.flag("include-labels", false)) w.text(`,"labels":${JSON.stringify(this.labels(request, kind, id))}`)
    if (p.flag("include-operations", false))
      w.text(
        `,"operations":{"results":[{"operation":"read","targetType":"${kind.replace(/^.*-/, "")}"}],"meta":{"hasMore":false},"_links":{"self":"${request.path}/operations"}}`,
      )
    if (p.flag("include-favorited-by-current-user-status", false)) w.text(',"isFavoritedByCurrentUser":false')
    w.text("}")
    const text = w.result().toString()
    const whole = JSON.parse(text) as Record<string, unknown>
    whole["status"] = row.status
    whole["_links"] = { ...(whole["_links"] as object), base: `${this.site.siteUrl}/wiki` }
    if (p.flag("include-versions", false))
      whole["versions"] = {
        results: [whole["version"]],
        meta: { hasMore: false },
        _links: { self: `${request.path}/versions` },
      }
    if (!p.flag("include-version", true)) delete whole["version"]
    const answer = { ...json(200, whole), rows: 1 }
    return format === undefined ? answer : withBodies(answer, [row], this.site.settings)
  }

  /** `POST /content/convert-ids-to-types`: null for what does not exist or cannot be seen; 100 ids at most. */
  types(request: EndpointRequest): Answer {
    const ids = listOf(request.body, "contentIds", 100, /^(att)?\d+$/)
    const results = Object.fromEntries(ids.map((id) => [id, this.typeOf(id, request.viewer) ?? null]))
    return { ...json(200, { results }), rows: ids.length }
  }

  /** `POST /users-bulk`: accounts that nobody knows are left out without a word; 250 at most. */
  usersBulk(request: EndpointRequest): Answer {
    const wanted = new Set(listOf(request.body, "accountIds", 250, /^.+$/))
    if (wanted.size === 0)
      throw new Refusal(errorV2(400, "INVALID_REQUEST_PARAMETER", "'accountIds' must hold at least one value"))
    const found = this.site.users.filter((user) => wanted.has(user.accountId))
    const w = new ByteWriter(found.length * 500 + 512)
    w.text('{"results":[')
    for (const [i, user] of found.entries()) {
      if (i > 0) w.text(",")
      this.rows.user(w, user)
      w.text("}")
    }
    w.text(`],"_links":{"base":"${this.site.siteUrl}/wiki"}}`)
    return written(w.result(), found.length)
  }

  private labels({ path }: EndpointRequest, kind: ContentKind | TreeType, id: string) {
    const isLabelled = kind === "page" || kind === "blogpost" || kind === "attachment"
    const labels = isLabelled ? this.site.labels.of(kind, this.site.ordinalOf(kind, id)!) : []
    return {
      results: labels.slice(0, MOST_LABELS),
      meta: { hasMore: labels.length > MOST_LABELS },
      _links: { self: `${path}/labels` },
    }
  }

  private typeOf(id: string, viewer: Viewer): string | undefined {
    const w = new ByteWriter(1024)
    const custom = this.site.customContent.byId(id)
    if (custom !== undefined)
      return this.site.customContent.lookedUp(custom, viewer) === undefined ? undefined : custom.type
    const treeType = this.site.settings.quirks.typesOfTree ? this.site.treeItem(id)?.type : undefined
    if (treeType !== undefined && this.write(w, treeType, id, viewer, undefined) !== undefined) return treeType
    return CONTENT_KINDS.find(
      (kind) =>
        (kind === "attachment" || !id.startsWith("att")) && this.write(w, kind, id, viewer, undefined) !== undefined,
    )
  }

  /** Writes an object that exists and can be seen, open at its end; undefined if there is none. */
  private write(
    w: ByteWriter,
    kind: ContentKind | TreeType,
    id: string,
    viewer: Viewer,
    body: { readonly format: string } | undefined,
  ): { readonly status: string; readonly version: number; readonly poisoned?: boolean } | undefined {
    const { site } = this
    if (isTreeType(kind)) return this.writeTreeItem(w, kind, id, viewer)
    const ordinal = site.ordinalOf(kind, id)
    if (ordinal === undefined) return undefined
    if (kind === "page" || kind === "blogpost") {
      const item = site.collection(kind).get(ordinal)
      if (item === undefined || !site.contentExists(item) || !site.contentVisible(item, viewer)) return undefined
      this.rows.content(w, item, body)
      return { status: item.status, version: item.version.number, poisoned: item.poisoned === true }
    }
    if (kind === "attachment") {
      const item = site.attachments.get(ordinal)
      const status = item === undefined || item.gone ? undefined : site.lookedUp(item.container, viewer)
      if (item === undefined || status === undefined) return undefined
      this.rows.attachment(w, item)
      return { status: status === "current" ? item.status : status, version: item.version.number }
    }
    const item = site.comments(kind).get(ordinal)
    const isThere = item?.gone === false || (item?.lost === true && site.settings.quirks.looksAtLostReplies)
    const status = item === undefined || !isThere ? undefined : site.lookedUp(item.container, viewer)
    if (item === undefined || status === undefined) return undefined
    this.rows.comment(w, kind, item, body, "single")
    return { status, version: item.version.number, poisoned: item.poisoned === true }
  }

  private writeTreeItem(w: ByteWriter, type: TreeType, id: string, viewer: Viewer) {
    const { site } = this
    const item = site.treeItem(id)
    if (item?.type !== type || !site.contentExists(item) || !site.contentVisible(item, viewer)) return undefined
    if (item.status === "trashed" && site.settings.quirks.looksAtTrashedTree === "404") return undefined
    this.rows.treeItem(w, item)
    return { status: item.status, version: item.version.number }
  }
}

/** The list of strings (or whole numbers) that a POST carries under a name. */
const listOf = (body: string, name: string, most: number, form: RegExp): readonly string[] => {
  const refuse = (why: string) => new Refusal(errorV2(400, "INVALID_REQUEST_PARAMETER", why))
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw refuse("The request body is not JSON")
  }
  const list = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined
  if (!Array.isArray(list)) throw refuse(`'${name}' is missing or no list`)
  if (list.length > most) throw refuse(`'${name}' holds ${list.length} values, more than ${most}`)
  const texts = list.map((entry) => (typeof entry === "string" || Number.isSafeInteger(entry) ? String(entry) : ""))
  if (texts.some((entry) => !form.test(entry))) throw refuse(`'${name}' holds a value of a wrong type`)
  return texts
}
