/** The lists of templates of the sample site, in the shape of Confluence's v1 API: those of pages, and those of blueprints. */
import { type Answer, errorV1, notFound, Refusal } from "./answers.ts"
import { offsetPage } from "./offsetPages.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { allowParameters, expansions } from "./parametersV1.ts"
import { fingerprint } from "./seededChance.ts"
import type { SiteContent } from "./SiteContent.ts"
import type { SiteSpace } from "./spaces.ts"
import type { Template } from "./templates.ts"

/** A template as the lists show it. */
export const templateV1 = (site: SiteContent, template: Template, withBody: boolean): Record<string, unknown> => {
  const { id, kind, name, description, original, labels, body } = template
  const space = template.space === undefined ? undefined : site.spaces[template.space]
  const isNamed = space !== undefined && site.settings.quirks.templatesNameSpace
  return {
    templateId: id,
    ...(original === undefined
      ? {}
      : { originalTemplate: original, referencingBlueprint: `${original.pluginKey}:${original.moduleKey}` }),
    name,
    description,
    ...(isNamed ? { space: { id: Number(space.id), key: space.key, name: space.name, type: space.type } } : {}),
    labels: labels.map((label) => ({
      prefix: "global",
      name: label,
      id: String(parseInt(fingerprint(label), 36)),
      label,
    })),
    templateType: kind === "page" ? "page" : "blueprint",
    editorVersion: "v2",
    ...(withBody ? { body: { storage: { value: body, representation: "storage" } } } : {}),
    _expandable: withBody ? {} : { body: "" },
    _links: { self: `${site.siteUrl}/wiki/rest/api/template/${encodeURIComponent(id)}` },
  }
}

/** Answers the lists of templates of one site. */
export class TemplateLists {
  private readonly site: SiteContent

  constructor(site: SiteContent) {
    this.site = site
  }

  /** `GET /rest/api/template/page` */
  pages(request: EndpointRequest): Answer {
    const { templates } = this.site.belongings
    const space = this.spaceOf(request)
    const ofSite = templates.ofSite.filter(({ kind }) => kind === "page")
    if (space === undefined) return this.answer(request, ofSite)
    const own = templates.of(space).filter(({ kind }) => kind === "page")
    return this.answer(request, this.site.settings.quirks.siteTemplatesInSpaces ? [...own, ...ofSite] : own)
  }

  /** `GET /rest/api/template/blueprint` */
  blueprints(request: EndpointRequest): Answer {
    const { templates } = this.site.belongings
    const space = this.spaceOf(request)
    const { inheritedBlueprints } = this.site.settings.quirks
    if (space !== undefined && inheritedBlueprints) return this.answer(request, templates.blueprintsIn(space))
    const all = space === undefined ? templates.ofSite : templates.of(space)
    return this.answer(
      request,
      all.filter(({ kind }) => kind === "blueprint"),
    )
  }

  /** The space that is asked for; undefined for the site. One that is not there and one that is not seen are answered alike. */
  private spaceOf(request: EndpointRequest): SiteSpace | undefined {
    allowParameters(request, ["spaceKey", "start", "limit", "expand"])
    const key = request.query.get("spaceKey")
    if (key === null) return undefined
    const space = this.site.spaces.find((each) => each.key === key && this.site.spaceVisible(each, request.viewer))
    if (space !== undefined) return space
    throw new Refusal(
      this.site.settings.quirks.templatesOfUnseen === "404"
        ? notFound(request.path)
        : errorV1(403, "PermissionException", `Not permitted to view templates of the space ${key}`),
    )
  }

  private answer(request: EndpointRequest, templates: readonly Template[]): Answer {
    const withBody = expansions(request)?.some((each) => each === "body" || each === "body.storage") ?? false
    const { maxPageSize } = this.site.settings
    const rows = templates.map((template) => templateV1(this.site, template, withBody))
    return offsetPage(this.site, request, rows, { unless: 25, ...(maxPageSize > 0 ? { most: maxPageSize } : {}) })
  }
}
