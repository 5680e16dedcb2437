/**
 * The templates of the sample site: those of the site and of its spaces, and those that blueprints bring, which every space inherits
 * until it makes one its own.
 */
import { sentence, sentences } from "./prose.ts"
import { hash32, pick, seededUuid } from "./seededChance.ts"
import type { SiteSpace } from "./spaces.ts"

/** A template. `space`: the index of the space that it is of; undefined for one of the site. */
export interface Template {
  readonly id: string
  readonly kind: "page" | "blueprint"
  readonly space: number | undefined
  name: string
  readonly description: string
  /** What a blueprint's template comes from. */
  readonly original: { readonly pluginKey: string; readonly moduleKey: string } | undefined
  readonly labels: readonly string[]
  body: string
}

const TEMPLATE = 34
const FIRST_ID = 800_000_000
const IDS_PER_SPACE = 10
const FIRST_ADDED_ID = 890_000_000
const PLUGIN = "com.atlassian.confluence.plugins.confluence-business-blueprints"

const BLUEPRINTS = [
  ["Meeting notes", "Set agendas and note what was decided"],
  ["Decision", "Record a decision and how it came about"],
  ["How-to article", "Step-by-step guidance"],
  ["Product requirements", ""],
  ["Retrospective", "What went well, what did not — “and why”"],
] as const
const OF_THE_SITE = ["Incident report", "Postmortem: <service>", "Übergabe 📝"] as const
const OF_SPACES = ["Sprint review", "Calibration record", "Supplier visit", "Weekly report"] as const

const bodyOf = (hash: number): string =>
  hash % 9 === 0
    ? ""
    : `<h2>${sentence(hash).slice(0, 30)}</h2><p><ac:placeholder>${sentences(hash, 2)}</ac:placeholder></p>`

/** The templates of a site. */
export class Templates {
  private readonly seed: number
  private readonly site: Template[]
  private readonly changed = new Map<number, Template[]>()
  private made = 0

  constructor(seed: number) {
    this.seed = seed
    this.site = [
      ...OF_THE_SITE.map((name, at) => this.page(String(FIRST_ID - 100 + at), undefined, name, at)),
      ...BLUEPRINTS.map(([name, description], at): Template => ({
        id: seededUuid(seed, TEMPLATE, at),
        kind: "blueprint",
        space: undefined,
        name,
        description,
        original: { pluginKey: PLUGIN, moduleKey: `blueprint-page-${at}` },
        labels: at % 2 === 0 ? ["blueprint"] : [],
        body: bodyOf(hash32(seed, TEMPLATE, 900 + at)),
      })),
    ]
  }

  /** The site's own, of every kind. */
  get ofSite(): readonly Template[] {
    return this.site
  }

  /** A space's own, of every kind. */
  of(space: SiteSpace): readonly Template[] {
    return this.changed.get(space.index) ?? this.generated(space)
  }

  /** What a space's list shows of blueprints where it shows what the space inherits: its own, and the site's that it has not changed. */
  blueprintsIn(space: SiteSpace): readonly Template[] {
    const own = this.of(space).filter(({ kind }) => kind === "blueprint")
    const changed = new Set(own.map(({ original }) => original?.moduleKey))
    const inherited = this.site.filter(
      ({ kind, original }) => kind === "blueprint" && !changed.has(original?.moduleKey),
    )
    return [...own, ...inherited]
  }

  /** Makes a template of a space, or of the site, and answers its id. */
  add(space: SiteSpace | undefined, name: string, body: string | undefined): string {
    const id = String(FIRST_ADDED_ID + ++this.made)
    const template = this.page(id, space?.index, name, this.made)
    if (body !== undefined) template.body = body
    this.listOf(space).push(template)
    return id
  }

  /** Makes a blueprint of the site a space's own and answers the new template's id; undefined where there is no such blueprint. */
  customize(space: SiteSpace, id: string): string | undefined {
    const blueprint = this.site.find((each) => each.id === id && each.kind === "blueprint")
    if (blueprint === undefined) return undefined
    const own = { ...blueprint, id: String(FIRST_ADDED_ID + ++this.made), space: space.index, body: "<p>Our own</p>" }
    this.changed.set(space.index, [
      ...this.of(space).filter(({ original }) => original?.moduleKey !== blueprint.original?.moduleKey),
      own,
    ])
    return own.id
  }

  find(spaces: readonly SiteSpace[], id: string): Template | undefined {
    const all = [this.site, ...spaces.map((space) => this.listOf(space))]
    return all.flat().find((each) => each.id === id)
  }

  remove(spaces: readonly SiteSpace[], template: Template): void {
    const list = this.listOf(template.space === undefined ? undefined : spaces[template.space])
    list.splice(list.indexOf(template), 1)
  }

  /** A list that can be changed. */
  private listOf(space: SiteSpace | undefined): Template[] {
    if (space === undefined) return this.site
    const list = this.changed.get(space.index) ?? [...this.generated(space)]
    this.changed.set(space.index, list)
    return list
  }

  private page(id: string, space: number | undefined, name: string, at: number): Template {
    const hash = hash32(this.seed, TEMPLATE, at + 100 + (space ?? 0) * IDS_PER_SPACE)
    const labels = hash % 3 === 0 ? ["template", `team-${hash % 9}`] : []
    const description = hash % 2 === 0 ? sentence(hash) : ""
    return { id, kind: "page", space, name, description, original: undefined, labels, body: bodyOf(hash) }
  }

  /** Every other space has templates, every fifth a blueprint of its own. */
  private generated(space: SiteSpace): readonly Template[] {
    const hash = hash32(this.seed, TEMPLATE, 10_000 + space.index)
    const first = FIRST_ID + space.index * IDS_PER_SPACE
    const pages = Array.from({ length: hash % 2 === 0 ? 1 + ((hash >>> 3) % 2) : 0 }, (_, at) =>
      this.page(String(first + at), space.index, pick(OF_SPACES, hash + at), at),
    )
    const blueprint = this.site?.find(({ kind }) => kind === "blueprint")
    return (hash >>> 5) % 5 !== 0 || blueprint === undefined
      ? pages
      : [...pages, { ...blueprint, id: String(first + 9), space: space.index, body: "<p>As we do it here</p>" }]
  }
}
