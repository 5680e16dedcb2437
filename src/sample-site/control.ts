/** The sample site's own interface, below `/_control/`: it changes the site, injects faults, and tells what was seen. */
import { type Answer, json, type SiteRequest } from "./answers.ts"
import type { MintedConsent } from "./AuthorizationServer.ts"
import type { ConfigKind } from "./credentials.ts"
import type { Fault } from "./Fault.ts"
import { faultProblem } from "./faults.ts"
import type { SiteSettings } from "./options.ts"
import { type SettingsChange, settingsProblem } from "./options.ts"
import { EXPORT_FORMS, type ExportForm } from "./organization.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"
import { TRUTH_STREAMS } from "./truth.ts"

/** Where the interface is. Real sites have nothing there. */
export const CONTROL_PATH = "/_control/"

/** Actions that make something new, and so name nothing that exists. */
const CREATING = [
  "create",
  "createSpace",
  "addUser",
  "addGroup",
  "addRole",
  "addLevel",
  "addTemplate",
  "addAuditRecord",
  "repeatAuditRecord",
] as const

/** Actions on something that exists: its id comes first. */
const CHANGING = [
  "edit",
  "rename",
  "trash",
  "restore",
  "purge",
  "archive",
  "unarchive",
  "move",
  "restrict",
  "setRestriction",
  "clearRestrictions",
  "hide",
  "reveal",
  "poison",
  "heal",
  "deleteSpace",
  "archiveSpace",
  "restoreSpace",
  "renameSpace",
  "hideSpace",
  "revealSpace",
  "grantPermission",
  "revokePermission",
  "assignRole",
  "unassignRole",
  "setSpaceProperty",
  "removeSpaceProperty",
  "addComment",
  "editComment",
  "deleteComment",
  "poisonComment",
  "healComment",
  "resolveComment",
  "addAttachment",
  "newAttachmentVersion",
  "trashAttachment",
  "restoreAttachment",
  "purgeAttachment",
  "addCustomContent",
  "editCustomContent",
  "moveCustomContent",
  "trashCustomContent",
  "restoreCustomContent",
  "purgeCustomContent",
  "poisonCustomContent",
  "healCustomContent",
  "removeCustomType",
  "restoreCustomType",
  "like",
  "unlike",
  "view",
  "setProperty",
  "removeProperty",
  "deleteVersion",
  "deactivateUser",
  "reactivateUser",
  "renameUser",
  "renameGroup",
  "removeGroup",
  "addMember",
  "removeMember",
  "renameRole",
  "removeRole",
  "addLabel",
  "removeLabel",
  "labelSpace",
  "unlabelSpace",
  "deleteLabel",
  "renameLevel",
  "archiveLevel",
  "customizeBlueprint",
  "editTemplate",
  "removeTemplate",
  "addTask",
  "editTask",
  "completeTask",
  "reopenTask",
  "removeTask",
  "poisonTask",
  "healTask",
] as const

/** Details that are not texts. */
const DETAIL_FORMS: Readonly<Record<string, string>> = {
  minorEdit: "boolean",
  guest: "boolean",
  fileSize: "number",
  number: "number",
  views: "number",
  viewers: "number",
  aheadMs: "number",
  ageMs: "number",
  users: "list of texts",
  groups: "list of texts",
}
const NULLABLE_DETAILS = new Set(["parentId", "timeZone", "personalSpaceId"])

const POSTS = [
  "change",
  "faults",
  "settings",
  "mint-grant",
  "revoke-grant",
  "expire-access-tokens",
  "reset",
  "reset-statistics",
] as const

/** Credentials that a config can be had for. */
const CONFIG_KINDS: readonly ConfigKind[] = ["classic", "scoped", "oauth2.0", "service_account"]

/** A request of the control interface makes no sense; the message says why. */
class BadControl extends Error {}

type Details = Readonly<Record<string, unknown>>
type Change = (first: unknown, details?: Details) => unknown

/** The site as it is controlled. What people do on it are methods by the names of the actions, beside these. */
export interface Controlled {
  readonly settings: SiteSettings
  statistics(): unknown
  requests(): unknown
  grants(): unknown
  tokenRequests(): unknown
  config(kind: ConfigKind): unknown
  organizationSettings(endpoints: object, wanted: boolean): unknown
  userExport(form: ExportForm): string
  truth(stream: (typeof TRUTH_STREAMS)[number]): unknown
  listFaults(): unknown
  setFaults(faults: readonly Fault[]): void
  addAuditRecord(details: { readonly summary: string; readonly about: string }): void
  set(change: SettingsChange): void
  reset(): void
  resetStatistics(): void
  mintGrant(consent: MintedConsent & { readonly refreshTokenAgeMs?: number }): unknown
  revokeGrant(grant: string | undefined): unknown
  expireAccessTokens(): unknown
}

/** Answers a request to the control interface. */
export const answerControl = (site: Controlled, request: SiteRequest): Answer => {
  try {
    const [what = "", ...rest] = request.path.slice(CONTROL_PATH.length).split("/")
    return request.method === "POST" ? act(site, what, request.body) : tell(site, what, rest.join("/"))
  } catch (error) {
    if (error instanceof BadControl || error instanceof ImpossibleChange) return json(400, { error: error.message })
    throw error
  }
}

const tell = (site: Controlled, what: string, which: string): Answer => {
  if (what === "statistics") return json(200, site.statistics())
  if (what === "requests") return json(200, site.requests())
  if (what === "faults") return json(200, site.listFaults())
  if (what === "settings") return json(200, site.settings)
  if (what === "grants") return json(200, site.grants())
  if (what === "token-requests") return json(200, site.tokenRequests())
  if (what === "config") {
    const kind = CONFIG_KINDS.find((known) => known === (which === "" ? "classic" : which))
    if (kind === undefined) throw new BadControl(`there are configs for ${CONFIG_KINDS.join(", ")}`)
    return json(200, site.config(kind))
  }
  if (what === "organization") return json(200, site.organizationSettings({}, true))
  if (what === "export") {
    const form = EXPORT_FORMS.find((known) => known === (which === "" ? "users" : which))
    if (form === undefined) throw new BadControl(`there are exports for ${EXPORT_FORMS.join(", ")}`)
    return { status: 200, headers: { "content-type": "text/csv;charset=UTF-8" }, body: site.userExport(form) }
  }
  if (what === "truth") {
    const stream = TRUTH_STREAMS.find((known) => known === which)
    if (stream === undefined) throw new BadControl(`truth is told about ${TRUTH_STREAMS.join(", ")}`)
    return json(200, site.truth(stream))
  }
  throw new BadControl(
    "GET tells statistics, requests, faults, settings, grants, token-requests, config/<kind>, organization, export/<form> and truth/<stream>",
  )
}

const act = (site: Controlled, what: string, body: string): Answer => {
  if (what === "change") {
    const changes = parsed(body)
    const results = (Array.isArray(changes) ? changes : [changes]).map((change) => changed(site, change))
    return json(200, Array.isArray(changes) ? results : results[0])
  }
  if (what === "faults") {
    const faults = [parsed(body)].flat()
    const problem = faults.map(faultProblem).find((found) => found !== undefined)
    if (problem !== undefined) throw new BadControl(problem)
    site.setFaults(faults as Fault[])
    return json(200, site.listFaults())
  }
  if (what === "settings") {
    const change = parsed(body)
    const problem = settingsProblem(site.settings, change)
    if (problem !== undefined) throw new BadControl(problem)
    site.set(change as SettingsChange)
    return json(200, site.settings)
  }
  if (what === "reset") {
    site.reset()
    return json(200, {})
  }
  if (what === "reset-statistics") {
    site.resetStatistics()
    return json(200, {})
  }
  if (what === "mint-grant") return json(200, site.mintGrant(consentOf(parsed(body))))
  if (what === "revoke-grant") {
    const { grant } = (parsed(body) ?? {}) as Details
    if (grant !== undefined && typeof grant !== "string") throw new BadControl('"grant" must be an id or a token')
    return json(200, { revoked: site.revokeGrant(grant) })
  }
  if (what === "expire-access-tokens") return json(200, { expired: site.expireAccessTokens() })
  throw new BadControl(`POST takes ${POSTS.join(", ")}`)
}

/** Carries out one change; answers the id of what was made or changed. */
const changed = (site: Controlled, change: unknown): { readonly id: unknown } => {
  if (!isDetails(change)) throw new BadControl('a change must be an object with an "action"')
  const { action, id, ...details } = change
  for (const [name, value] of Object.entries(details)) {
    const form = DETAIL_FORMS[name] ?? "string"
    if (formOf(value) !== form && !(value === null && NULLABLE_DETAILS.has(name)))
      throw new BadControl(`"${name}" must be a ${form}`)
  }
  const methods = site as unknown as Readonly<Record<string, Change>>
  // What is done here is done by an administrator, and the audit log has it.
  const noted = (id: unknown) => {
    if (action !== "addAuditRecord" && action !== "repeatAuditRecord")
      site.addAuditRecord({ summary: String(action), about: String(id) })
    return { id }
  }
  if (CREATING.some((known) => known === action)) return noted(methods[action as string]?.call(site, details))
  if (!CHANGING.some((known) => known === action))
    throw new BadControl(`"action" must be one of ${[...CREATING, ...CHANGING].join(", ")}`)
  if (typeof id !== "string") throw new BadControl(`"${String(action)}" needs the "id" of what it changes`)
  return noted(methods[action as string]?.call(site, id, details) ?? id)
}

const formOf = (value: unknown): string =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string") ? "list of texts" : typeof value

const consentOf = (value: unknown): MintedConsent & { readonly refreshTokenAgeMs?: number } => {
  if (!isDetails(value)) throw new BadControl("a consent must be an object")
  for (const name of ["scopes", "sites"]) {
    const list = value[name]
    if (list !== undefined && !(Array.isArray(list) && list.every((entry) => typeof entry === "string")))
      throw new BadControl(`"${name}" must be a list of texts`)
  }
  const age = value["refreshTokenAgeMs"]
  if (age !== undefined && !(typeof age === "number" && age >= 0))
    throw new BadControl('"refreshTokenAgeMs" must be a number of milliseconds')
  return value
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body === "" ? "{}" : body)
  } catch {
    throw new BadControl("the body is not JSON")
  }
}

const isDetails = (value: unknown): value is Details =>
  typeof value === "object" && value !== null && !Array.isArray(value)
