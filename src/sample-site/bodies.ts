/**
 * Bodies of the sample site's content, in Confluence's storage format and as Atlassian documents. They are put together
 * from fragments prepared once as bytes of JSON text: macros, tables, mentions, links, task lists, code, layouts.
 */
import type { ByteWriter } from "./ByteWriter.ts"
import { sentence, sentences } from "./prose.ts"
import { hash32, seededUuid } from "./seededChance.ts"

/** The formats in which a list can give bodies. */
export type BodyFormat = "storage" | "atlas_doc_format"

/** How much of a body: as varied as in a real wiki, exactly so many bytes, or a comment's few sentences. */
export type BodyLength = "varied" | "comment" | number

/** What fragments mention. */
export interface BodyPeople {
  readonly accountIds: readonly string[]
  readonly names: readonly string[]
  readonly pageTitles: readonly string[]
}

interface Fragment {
  /** Bytes of JSON text inside a string. */
  readonly storage: Buffer
  /** Bytes of JSON text inside a string that itself holds JSON: one or more nodes of a document, with a comma before each. */
  readonly document: Buffer
  /** Bytes of the storage text once parsed. */
  readonly size: number
}

type Node = { readonly type: string; readonly [key: string]: unknown }

/** Escapes a text for element content and attributes of the storage format. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)
const paragraph = (...content: readonly Node[]): Node => ({ type: "paragraph", content })
const words = (text: string): Node => ({ type: "text", text })

const fragment = (storage: string, ...nodes: readonly Node[]): Fragment => ({
  storage: Buffer.from(inJson(storage)),
  document: Buffer.from(nodes.map((node) => inJson(`,${JSON.stringify(node)}`)).join("")),
  size: Buffer.byteLength(storage),
})

/** One maker for each kind of element; `h` chooses the words. */
const MAKERS: readonly ((h: number, people: BodyPeople) => Fragment)[] = [
  (h) => fragment(`<p>${escapeXml(sentences(h, 3))}</p>`, paragraph(words(sentences(h, 3)))),
  (h) => fragment(`<p>${escapeXml(sentences(h, 5))}</p>`, paragraph(words(sentences(h, 5)))),
  (h) =>
    fragment(
      `<h2>${escapeXml(sentence(h).slice(0, 40))}</h2><p>${escapeXml(sentences(h, 2))}</p>`,
      { type: "heading", attrs: { level: 2 }, content: [words(sentence(h).slice(0, 40))] },
      paragraph(words(sentences(h, 2))),
    ),
  (h) =>
    fragment(
      `<ac:structured-macro ac:name="info" ac:schema-version="1" ac:macro-id="${seededUuid(h, 1, 1)}"><ac:rich-text-body><p>${escapeXml(sentences(h, 1))}</p></ac:rich-text-body></ac:structured-macro>`,
      { type: "panel", attrs: { panelType: "info" }, content: [paragraph(words(sentences(h, 1)))] },
    ),
  (h) =>
    fragment(
      `<ac:structured-macro ac:name="code" ac:schema-version="1" ac:macro-id="${seededUuid(h, 1, 2)}"><ac:parameter ac:name="language">py</ac:parameter><ac:plain-text-body><![CDATA[def calibrate(arm, tolerance=${h % 10}e-3):\n\tif arm.torque > tolerance and not arm["locked"]:\n\t\traise Drift("\\u00b5m", arm.id) # <&>\n\treturn arm.zero()]]></ac:plain-text-body></ac:structured-macro>`,
      {
        type: "codeBlock",
        attrs: { language: "py" },
        content: [
          words(
            `def calibrate(arm, tolerance=${h % 10}e-3):\n\tif arm.torque > tolerance and not arm["locked"]:\n\t\traise Drift("\\u00b5m", arm.id) # <&>\n\treturn arm.zero()`,
          ),
        ],
      },
    ),
  (h) => {
    const rows = Array.from({ length: 3 + (h % 3) }, (_, i) => [
      `NWR-${(h >>> 4) % 9000}-${i}`,
      sentence(hash32(h, 5, i)),
      `${(h >>> i) % 100} %`,
    ])
    const row = (type: string, cells: readonly string[]): Node => ({
      type: "tableRow",
      content: cells.map((cell) => ({ type, attrs: {}, content: [paragraph(words(cell))] })),
    })
    return fragment(
      `<table data-layout="default"><tbody><tr><th><p>Ticket</p></th><th><p>What</p></th><th><p>Done</p></th></tr>${rows.map((cells) => `<tr>${cells.map((cell) => `<td><p>${escapeXml(cell)}</p></td>`).join("")}</tr>`).join("")}</tbody></table>`,
      {
        type: "table",
        attrs: { layout: "default" },
        content: [row("tableHeader", ["Ticket", "What", "Done"]), ...rows.map((cells) => row("tableCell", cells))],
      },
    )
  },
  (h, people) => {
    const id = people.accountIds[h % people.accountIds.length] as string
    const name = people.names[h % people.names.length] as string
    return fragment(
      `<p>Please ask <ac:link><ri:user ri:account-id="${id}" ri:local-id="${seededUuid(h, 1, 3)}" /></ac:link> before <time datetime="2026-0${1 + (h % 9)}-15" />: ${escapeXml(sentence(h))}</p>`,
      paragraph(
        words("Please ask "),
        { type: "mention", attrs: { id, text: `@${name}`, accessLevel: "" } },
        words(` : ${sentence(h)}`),
      ),
    )
  },
  (h, people) => {
    const title = people.pageTitles[h % people.pageTitles.length] ?? "Home"
    return fragment(
      `<p>See <ac:link ac:card-appearance="inline"><ri:page ri:content-title="${escapeXml(title)}" ri:version-at-save="${1 + (h % 9)}" /><ac:link-body>${escapeXml(title)}</ac:link-body></ac:link>. ${escapeXml(sentence(h))}</p>`,
      paragraph(words("See "), { type: "inlineCard", attrs: { url: `https://northwind.atlassian.net/wiki/x/${h}` } }),
    )
  },
  (h) => {
    const tasks = [sentence(h), sentence(h >>> 3), sentence(h >>> 7)]
    return fragment(
      `<ac:task-list ac:task-list-id="${seededUuid(h, 1, 4)}">${tasks.map((task, i) => `<ac:task><ac:task-id>${i + 1}</ac:task-id><ac:task-status>${(h >>> i) % 2 === 0 ? "complete" : "incomplete"}</ac:task-status><ac:task-body><span class="placeholder-inline-tasks">${escapeXml(task)}</span></ac:task-body></ac:task>`).join("")}</ac:task-list>`,
      {
        type: "taskList",
        attrs: { localId: seededUuid(h, 1, 4) },
        content: tasks.map((task, i) => ({
          type: "taskItem",
          attrs: { localId: String(i + 1), state: (h >>> i) % 2 === 0 ? "DONE" : "TODO" },
          content: [words(task)],
        })),
      },
    )
  },
  (h) =>
    fragment(
      `<p>State: <ac:structured-macro ac:name="status" ac:schema-version="1" ac:macro-id="${seededUuid(h, 1, 5)}"><ac:parameter ac:name="title">in review</ac:parameter><ac:parameter ac:name="colour">Yellow</ac:parameter></ac:structured-macro> ${escapeXml(sentence(h))}</p>`,
      paragraph({ type: "status", attrs: { text: "in review", color: "yellow" } }, words(` ${sentence(h)}`)),
    ),
  (h) =>
    fragment(
      `<ul><li><p>${escapeXml(sentence(h))}</p></li><li><p>${escapeXml(sentence(h >>> 2))} ✅</p></li><li><p>日本語の箇条書き — ${h % 1000}</p></li></ul>`,
      {
        type: "bulletList",
        content: [sentence(h), `${sentence(h >>> 2)} ✅`, `日本語の箇条書き — ${h % 1000}`].map((text) => ({
          type: "listItem",
          content: [paragraph(words(text))],
        })),
      },
    ),
  (h) =>
    fragment(
      `<ac:layout><ac:layout-section ac:type="two_equal" ac:breakout-mode="default"><ac:layout-cell><p>${escapeXml(sentences(h, 2))}</p></ac:layout-cell><ac:layout-cell><p>${escapeXml(sentences(h >>> 5, 2))}</p></ac:layout-cell></ac:layout-section></ac:layout>`,
      {
        type: "layoutSection",
        content: [sentences(h, 2), sentences(h >>> 5, 2)].map((text) => ({
          type: "layoutColumn",
          attrs: { width: 50 },
          content: [paragraph(words(text))],
        })),
      },
    ),
]

const OPEN_DOCUMENT = inJson('{"type":"doc","version":1,"content":[')
const VARIANTS = 8
/** Comments are made of the plain kinds: a paragraph, a mention, a link, a status. */
const COMMENT_KINDS = [0, 6, 7, 9] as const

/** The fragments of one site, and how to write a body of them. */
export class Bodies {
  private readonly fragments: readonly Fragment[]
  private readonly padding: Buffer

  constructor(seed: number, people: BodyPeople) {
    this.fragments = Array.from({ length: MAKERS.length * VARIANTS }, (_, i) =>
      (MAKERS[i % MAKERS.length] as (typeof MAKERS)[number])(hash32(seed, 61, i), people),
    )
    this.padding = Buffer.from(sentences(seed, 60).replaceAll(/[^ -~]/g, "-"))
  }

  /**
   * Writes the text of a body, without its quotes. `heading` is plain text that opens it; `hash` chooses the rest, so
   * another version gets another body.
   */
  write(w: ByteWriter, format: BodyFormat, hash: number, heading: string, length: BodyLength): void {
    const document = format === "atlas_doc_format"
    const opening = `<p>${escapeXml(heading)}</p>`
    w.text(document ? `${OPEN_DOCUMENT}${inJson(JSON.stringify(paragraph(words(heading))))}` : inJson(opening))
    let room = typeof length === "number" ? length - Buffer.byteLength(opening) : Number.POSITIVE_INFINITY
    const count = typeof length === "number" ? Number.POSITIVE_INFINITY : length === "comment" ? hash % 2 : pieces(hash)
    for (let i = 0; i < count; i++) {
      const draw = hash32(hash, 62, i)
      const kind = length === "comment" ? (COMMENT_KINDS[draw % COMMENT_KINDS.length] as number) : draw % MAKERS.length
      const piece = this.fragments[kind + MAKERS.length * ((draw >>> 8) % VARIANTS)] as Fragment
      if (piece.size > room) break
      room -= piece.size
      w.bytes(document ? piece.document : piece.storage)
    }
    if (document) w.text("]}")
    else if (Number.isFinite(room) && room > 0) this.pad(w, room)
  }

  /** Fills a body of a fixed size with words of plain ASCII. */
  private pad(w: ByteWriter, room: number): void {
    if (room < 7) return w.text(" ".repeat(room))
    w.text("<p>")
    for (let left = room - 7; left > 0; left -= this.padding.length)
      w.bytes(this.padding.subarray(0, Math.min(left, this.padding.length)))
    w.text("</p>")
  }
}

/** How many elements a page has: some are nearly empty, most have a dozen or fewer, a few are very long. */
const pieces = (hash: number): number => {
  const draw = hash % 100
  return draw < 8
    ? 0
    : draw < 30
      ? 1 + ((hash >>> 7) % 3)
      : draw < 98
        ? 3 + ((hash >>> 7) % 10)
        : 30 + ((hash >>> 7) % 60)
}
