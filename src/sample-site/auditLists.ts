/** The audit log of the sample site as Confluence's v1 API lists it: by offsets, in a window of time. */
import { createHash } from "node:crypto"
import { type Answer, errorV1, Refusal } from "./answers.ts"
import { offsetPage } from "./offsetPages.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { allowParameters, badRequest } from "./parametersV1.ts"
import type { SiteContent } from "./SiteContent.ts"

/** The same text for the same value, in whatever order its fields are. */
const sortedText = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22)

/** The records of a site with what names them: a hash, of further ones that are alike in every field with their number. */
export const namedRecords = (site: SiteContent): readonly Record<string, unknown>[] => {
  const counts = new Map<string, number>()
  return site.belongings.audit.all.map((record) => {
    const hash = hashOf(sortedText(record))
    const number = counts.get(hash) ?? 0
    counts.set(hash, number + 1)
    const createdAt = new Date(record.creationDate).toISOString()
    return { ...record, auditId: number === 0 ? hash : hashOf(`${hash} ${number}`), createdAt }
  })
}

/** Answers what is asked of the audit log of one site. */
export class AuditLists {
  private readonly site: SiteContent

  constructor(site: SiteContent) {
    this.site = site
  }

  /** `GET /rest/api/audit` */
  records(request: EndpointRequest): Answer {
    allowParameters(request, ["startDate", "endDate", "searchString", "start", "limit"])
    const { auditLog, auditEnds, auditOrder, mostAuditRecords } = this.site.settings.quirks
    if (auditLog !== "there") {
      const status = Number(auditLog)
      const reason = status === 403 ? "Not permitted to view the audit log" : "The audit log is not part of this plan"
      throw new Refusal(errorV1(status, status === 403 ? "PermissionException" : "NotFoundException", reason))
    }
    const [from, to] = [moment(request, "startDate"), moment(request, "endDate")]
    const isWithin = (at: number) =>
      auditEnds === "inclusive"
        ? (from === undefined || at >= from) && (to === undefined || at <= to)
        : (from === undefined || at > from) && (to === undefined || at < to)
    const text = request.query.get("searchString")
    const found = this.site.belongings.audit.all
      .map((record, at) => ({ record, at }))
      .filter(({ record }) => isWithin(record.creationDate) && (text === null || JSON.stringify(record).includes(text)))
      .sort(
        (a, b) => (a.record.creationDate - b.record.creationDate || a.at - b.at) * (auditOrder === "newest" ? -1 : 1),
      )
    const { maxPageSize } = this.site.settings
    const most = maxPageSize > 0 ? Math.min(maxPageSize, mostAuditRecords) : mostAuditRecords
    return offsetPage(
      this.site,
      request,
      found.map(({ record }) => record),
      { unless: 1000, most },
    )
  }
}

const moment = ({ query }: EndpointRequest, name: string): number | undefined => {
  const value = query.get(name)
  if (value === null) return undefined
  if (!/^-?\d{1,16}$/.test(value)) throw badRequest(`'${name}' must be epoch time in milliseconds, not ${value}`)
  return Number(value)
}
