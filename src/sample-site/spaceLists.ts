/** The lists that each space of the sample site has of its own: who may do what in it. */
import { type Answer, badParameter, notFound, Refusal } from "./answers.ts"
import { SPACE_PERMISSIONS, SPACE_PROPERTIES } from "./listForms.ts"
import { type EndpointRequest, PagedLists } from "./PagedLists.ts"
import type { SiteSpace } from "./spaces.ts"

/** Answers the lists of spaces of one site. */
export class SpaceLists extends PagedLists {
  /** `GET /spaces/{id}/permissions` */
  permissions(request: EndpointRequest): Answer {
    const p = this.parameters(request, SPACE_PERMISSIONS)
    return this.pageOf(request, p, this.site.permissionsOf(this.spaceOf(request)), ({ id }) => Number(id))
  }

  /** `GET /spaces/{id}/properties` */
  properties(request: EndpointRequest): Answer {
    const p = this.parameters(request, SPACE_PROPERTIES)
    const key = p.text("key")
    const rows = this.site.belongings.properties.of(this.spaceOf(request))
    const found = rows.filter((each) => key === undefined || each.key === key)
    return this.pageOf(request, p, found, ({ id }) => Number(id))
  }

  /** The space that a list is asked of; one that is not there and one that is not seen are answered alike. */
  protected spaceOf({ path, parts, viewer }: EndpointRequest, id = parts[0] ?? ""): SiteSpace {
    if (!/^\d+$/.test(id)) throw new Refusal(badParameter(id, "id", "long"))
    const space = this.site.spaceById(id)
    if (space === undefined || !this.site.spaceVisible(space, viewer)) throw new Refusal(notFound(path))
    return space
  }
}
