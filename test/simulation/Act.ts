/** A change at work: the site, and what its draw chooses of it. */
import type { Item } from "../../src/sample-site/Collection.ts"
import type { CommentItem } from "../../src/sample-site/comments.ts"
import type { PlacedItem } from "../../src/sample-site/contentTypes.ts"
import type { CustomItem } from "../../src/sample-site/customContent.ts"
import type { LabelledKind, SiteLabel } from "../../src/sample-site/labels.ts"
import type { ContentItem } from "../../src/sample-site/pages.ts"
import { isRestricted } from "../../src/sample-site/restrictions.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { fingerprint, hash32, pick } from "../../src/sample-site/seededChance.ts"
import { ImpossibleChange } from "../../src/sample-site/SpaceChanges.ts"
import type { SiteSpace } from "../../src/sample-site/spaces.ts"
import type { TreeItem } from "../../src/sample-site/treeItems.ts"

/** Texts that a careless writer of JSON lines, or of SQL, breaks on. */
const TEXTS = [
  "plain",
  "NUL \u0000 inside",
  "line \u2028 end",
  "lone \ud83d surrogate",
  "next \u0085 line",
  "🜁 ſpécial",
]

const NO_ITEM = "there is nothing to change"

const chosen = <A>(candidates: ReadonlyArray<A>, draw: number, idOf: (candidate: A) => string): A => {
  let best: A | undefined
  let highest = -1
  for (const candidate of candidates) {
    const hash = hash32(draw, 7002, Number.parseInt(fingerprint(idOf(candidate)), 36))
    if (hash > highest) [best, highest] = [candidate, hash]
  }
  if (best === undefined) throw new ImpossibleChange(NO_ITEM)
  return best
}

export class Act {
  readonly site: SampleSite
  readonly draw: number
  constructor(site: SampleSite, draw: number) {
    this.site = site
    this.draw = draw
  }

  /** A whole number below `below`, another one for each `salt`. */
  number(salt: number, below: number): number {
    return hash32(this.draw, 7003, salt) % below
  }

  text(salt: number): string {
    return `${pick(TEXTS, hash32(this.draw, 7004, salt))} ${this.number(salt, 1_000_000)}`
  }

  readonly body = (salt = 1): string => `<p>${this.text(salt)}</p>`

  #items<I extends Item>(collection: { readonly size: number; get(ordinal: number): I | undefined }): ReadonlyArray<I> {
    return Array.from({ length: collection.size }, (_, ordinal) => collection.get(ordinal)).filter(
      (item): item is I => item !== undefined && !item.gone,
    )
  }

  #content(kinds: ReadonlyArray<"page" | "blogpost">): ReadonlyArray<ContentItem> {
    return kinds.flatMap((kind) =>
      this.#items(this.site.collection(kind)).filter((item) => this.site.contentExists(item)),
    )
  }

  /** Any page or blog post that fits. */
  any(fits: (item: ContentItem) => boolean = (item) => item.status !== "trashed", salt = 0): string {
    return chosen(this.#content(["page", "blogpost"]).filter(fits), this.draw + salt, ({ id }) => id).id
  }

  page(fits: (item: ContentItem) => boolean = (item) => item.status !== "trashed", salt = 0): string {
    return chosen(this.#content(["page"]).filter(fits), this.draw + salt, ({ id }) => id).id
  }

  /** Any folder, whiteboard, database or embed that fits. */
  treeItem(fits: (item: TreeItem) => boolean = (item) => item.status !== "trashed", salt = 0): string {
    const all = this.#items(this.site.treeItems).filter((item) => this.site.contentExists(item) && fits(item))
    return chosen(all, this.draw + salt, ({ id }) => id).id
  }

  comment(fits: (kind: "footer-comment" | "inline-comment", item: CommentItem) => boolean): {
    readonly id: string
    readonly kind: "footer-comment" | "inline-comment"
    readonly container: string
  } {
    const all = (["footer-comment", "inline-comment"] as const).flatMap((kind) =>
      this.#items(this.site.comments(kind))
        .filter((item) => fits(kind, item) && this.site.containerState(item.container, "user") !== "absent")
        .map((item) => ({ id: item.id, kind, container: this.site.idOf(item.container.type, item.container.ordinal) })),
    )
    return chosen(all, this.draw, ({ id }) => id)
  }

  /** Any custom content that fits. */
  customContent(fits: (item: CustomItem) => boolean = (item) => item.status !== "trashed"): string {
    const all = this.#items(this.site.customContent.items).filter(fits)
    return chosen(all, this.draw, ({ id }) => id).id
  }

  /** Something that custom content can hang on. */
  customContainer(): string {
    const draw = this.number(5, 4)
    return draw === 0 ? this.space() : draw === 1 ? this.customContent() : this.any()
  }

  attachment(status: "current" | "trashed" | "any" = "current"): string {
    const all = this.#items(this.site.attachments).filter((item) => status === "any" || item.status === status)
    return chosen(all, this.draw, ({ id }) => id).id
  }

  space(fits: (space: SiteSpace) => boolean = () => true, salt = 0): string {
    const all = this.site.spaces.filter((space) => !space.deleted && fits(space))
    return chosen(all, this.draw + salt, ({ id }) => id).id
  }

  permission(spaceId: string): string {
    const all = this.site.permissionsOf(this.site.spaceById(spaceId)!)
    return chosen(all, this.draw, ({ id }) => id).id
  }

  role(): string {
    return chosen(this.site.roles, this.draw, ({ id }) => id).id
  }

  assignment(spaceId: string): {
    readonly roleId: string
    readonly principalType: string
    readonly principalId: string
  } {
    const all = this.site
      .assignmentsOf(this.site.spaceById(spaceId)!)
      .map(({ roleId, principal: { principalType, principalId } }) => ({ roleId, principalType, principalId }))
    return chosen(all, this.draw, (each) => JSON.stringify(each))
  }

  property(spaceId: string): string {
    const all = this.site.belongings.properties.of(this.site.spaceById(spaceId)!)
    return chosen(all, this.draw, ({ id }) => id).key
  }

  template(): string {
    const { templates } = this.site.belongings
    const all = [templates.ofSite, ...this.site.spaces.map((space) => templates.of(space))].flat()
    return chosen(all, this.draw, ({ id }) => id).id
  }

  task(): string {
    const { tasks } = this.site.belongings
    const all = Array.from({ length: tasks.size }, (_, ordinal) => tasks.get(ordinal)).filter(({ gone }) => !gone)
    return chosen(all, this.draw, ({ id }) => id).id
  }

  blueprint(): string {
    const all = this.site.belongings.templates.ofSite.filter(({ kind }) => kind === "blueprint")
    return chosen(all, this.draw, ({ id }) => id).id
  }

  label(): SiteLabel {
    return chosen(this.site.labels.all, this.draw, ({ id }) => id)
  }

  /** A label to put on something: one that there is, or a new one. */
  newLabel(): { readonly name: string; readonly prefix: string } {
    const prefix = pick(["global", "team", "my"], this.number(8, 3))
    return this.number(9, 3) === 0 ? { name: `new-${this.text(2)}`, prefix } : this.label()
  }

  /** A page, blog post or attachment; one that carries labels, if that is asked for. */
  labelled(carries = false): { readonly kind: "page" | "blogpost" | "attachment"; readonly id: string } {
    const files = this.#items(this.site.attachments).map((item) => ({ kind: "attachment" as const, item }))
    const all = [
      ...this.#content(["page", "blogpost"]).map((item) => ({ kind: item.type, item })),
      ...files.filter(({ item }) => item.status !== "trashed"),
    ].filter(({ kind, item }) => !carries || this.site.labels.of(kind, item.ordinal).length > 0)
    const { kind, item } = chosen(all, this.draw, (each) => each.item.id)
    return { kind, id: item.id }
  }

  /** A label that something carries. */
  labelOn(kind: LabelledKind, id: string): { readonly name: string; readonly prefix: string } {
    const ordinal = kind === "space" ? this.site.spaceById(id)!.index : this.site.ordinalOf(kind, id)!
    return chosen(this.site.labels.of(kind, ordinal), this.draw, (label) => label.id)
  }

  level(): string {
    return chosen(this.site.levels, this.draw, ({ id }) => id).id
  }

  /** Any of some rows. */
  oneOf<R extends Readonly<Record<string, unknown>>>(rows: ReadonlyArray<R>): R {
    return chosen(rows, this.draw, (row) => JSON.stringify([row["contentId"], row["id"], row["number"]]))
  }

  user(): string {
    return chosen(this.site.users, this.draw, ({ accountId }) => accountId).accountId
  }

  group(): string {
    return chosen(this.site.groups, this.draw, ({ id }) => id).id
  }

  /** Any page, blog post, folder or the like that fits and says itself who may read or change it. */
  restricted(fits: (item: PlacedItem) => boolean = () => true, salt = 0): string {
    const { site } = this
    const all = [...this.#content(["page", "blogpost"]), ...this.#items(site.treeItems)].filter((item: PlacedItem) => {
      const { read, update } = site.restrictionsOf(item)
      return site.contentExists(item) && fits(item) && (isRestricted(read) || isRestricted(update))
    })
    return chosen(all, this.draw + salt, ({ id }) => id).id
  }

  /** A group that a restriction names. */
  restrictingGroup(): string {
    const { site } = this
    const all = [...this.#content(["page", "blogpost"]), ...this.#items(site.treeItems)]
    const named = new Set(all.flatMap((item) => site.restrictionsOf(item).read.groups))
    const groups = site.groups.filter(({ id }) => named.has(id))
    return chosen(groups, this.draw, ({ id }) => id).id
  }
}
