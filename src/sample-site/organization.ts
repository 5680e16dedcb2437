/**
 * The organization that the sample site belongs to: its administration API (`/admin/…`, which Atlassian has on api.atlassian.com) and
 * the export of its users. It knows everybody's address, suspended people, and a few who use other products alone.
 */
import { type Answer, json, type SiteRequest } from "./answers.ts"
import type { SiteCredentials, SiteSettings } from "./options.ts"
import { addressOf, type SiteGroup, type SiteUser } from "./people.ts"
import { seededUuid } from "./seededChance.ts"

/** What the organization is made of. */
export interface OrganizationSite {
  readonly seed: number
  readonly credentials: SiteCredentials
  readonly users: () => readonly SiteUser[]
  readonly groups: () => readonly SiteGroup[]
  readonly settings: () => SiteSettings
}

type List = "search" | "directories" | "each directory" | "managed"

/** Rows in an answer: at most, and where nothing is asked for. */
const MOST = 100
const USUAL = 25
const MANAGED_PAGE = 50

const PREFIX = "/admin/"
/** The id of its one directory. */
const DIRECTORY = "northwind"
/** People of the organization whom the site does not know. */
const OUTSIDERS = 3

export const isOrganizationPath = (path: string): boolean => path.startsWith(PREFIX)

const isManaged = (user: SiteUser): boolean => addressOf(user).endsWith("@northwind.example")

const outsider = (seed: number, index: number): SiteUser => ({
  accountId: `712020:${seededUuid(seed, 96, index + 1)}`,
  displayName: `Colleague of Other Products ${index}`,
  publicName: `Colleague ${index}`,
  email: `other${index}@northwind.example`,
  accountType: "atlassian",
  accountStatus: "active",
  timeZone: null,
  guest: false,
  personalSpaceId: null,
})

const refusal = (status: number, code: string, title: string): Answer =>
  json(status, { errors: [{ id: "sample", status: `${status}`, code, title }] })

const REFUSALS = {
  "404": refusal(404, "ADMIN-404-1", "Not found"),
  "400": refusal(400, "ADMIN-400-4", "The organization is not on the new user management experience"),
  "403": refusal(403, "ADMIN-403-1", "Forbidden"),
  "410": refusal(410, "ADMIN-410-1", "This API is not available any more"),
} as const

export class Organization {
  private readonly site: OrganizationSite
  readonly id: string

  constructor(site: OrganizationSite) {
    this.site = site
    this.id = seededUuid(site.seed, 96, 0)
  }

  /** What a config needs to ask it, beside the endpoints that it has. `admin`: where its API is. */
  settings(endpoints: object, admin: string): Readonly<Record<string, unknown>> {
    const organization = { id: this.id, api_key: this.site.credentials.organizationKey }
    return { organization, endpoints: { ...endpoints, admin } }
  }

  /** Everybody in a directory of the organization: all who have an address, suspended people too. */
  private people(): readonly SiteUser[] {
    const known = this.site.users().filter((user) => addressOf(user) !== "")
    return [...known, ...Array.from({ length: OUTSIDERS }, (_, index) => outsider(this.site.seed, index))]
  }

  /** Answers below `/admin/`. */
  answer({ method, path, query, headers, body }: SiteRequest): Answer {
    if (headers["authorization"] !== `Bearer ${this.site.credentials.organizationKey}`)
      return json(401, { code: 401, message: "Unauthorized" })
    const [, version = "", id = "", rest = ""] = /^\/admin\/(v\d)\/orgs\/([^/]+)\/(.*)$/.exec(path) ?? []
    if (id !== this.id) return REFUSALS["404"]
    const asked = `${method} ${version} ${rest}`
    if (asked === "POST v2 directories/-/users/search") {
      const { limit, cursor } = JSON.parse(body === "" ? "{}" : body) as { limit?: number; cursor?: string }
      return this.list("search", limit, cursor)
    }
    if (asked === "GET v2 directories/-/users")
      return this.list("directories", Number(query.get("limit") ?? USUAL), query.get("cursor") ?? undefined)
    const [, directory] = /^GET v2 directories\/([^/-]+)\/users$/.exec(asked) ?? []
    if (directory === DIRECTORY)
      return this.list("each directory", Number(query.get("limit") ?? USUAL), query.get("cursor") ?? undefined)
    if (asked === "GET v2 directories") return this.directories()
    if (asked === "GET v1 users") return this.list("managed", MANAGED_PAGE, query.get("cursor") ?? undefined)
    return REFUSALS["404"]
  }

  private directories(): Answer {
    const { organizationLists, organizationRefusal } = this.site.settings().quirks
    if (organizationLists !== "all" && organizationLists !== "each directory") return REFUSALS[organizationRefusal]
    return json(200, { data: [{ directoryId: DIRECTORY, name: "Northwind" }], links: {} })
  }

  private list(list: List, limit = USUAL, cursor?: string): Answer {
    const { organizationLists, organizationRefusal, organizationNext } = this.site.settings().quirks
    if (organizationLists !== "all" && organizationLists !== list) return REFUSALS[organizationRefusal]
    const all = list === "managed" ? this.people().filter(isManaged) : this.people()
    const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, "base64url").toString().replace("at:", ""))
    if (!Number.isInteger(from) || !(limit >= 1 && limit <= MOST))
      return refusal(400, "ADMIN-400-2", "Bad cursor or limit")
    const to = from + limit
    const next = to < all.length ? Buffer.from(`at:${to}`).toString("base64url") : undefined
    const named = organizationNext === "cursor" ? next : `https://api.atlassian.com/admin/elsewhere?cursor=${next}`
    const rows = all.slice(from, to).map(list === "managed" ? managedRow : directoryRow)
    const self = { self: cursor ?? "" }
    const links = next === undefined ? self : { ...self, next: named }
    const answer = json(200, { data: rows, ...(list === "managed" ? { meta: { total: all.length } } : {}), links })
    return { ...answer, rows: rows.length }
  }

  /** The export as Atlassian Administration makes it: of all users, with a row for each of their groups, or of managed accounts. */
  csv(form: ExportForm): string {
    const rows = form === "managed" ? this.managedCsv() : form === "groups" ? this.groupsCsv() : this.usersCsv()
    return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")
  }

  private usersCsv(): readonly (readonly string[])[] {
    return [USER_COLUMNS, ...this.people().map(userCells)]
  }

  private groupsCsv(): readonly (readonly string[])[] {
    const groups = this.site.groups()
    const rows = this.people().flatMap((user) =>
      groups
        .filter((group) => group.members.has(user.accountId))
        .map(({ id, name }) => [id, name].concat(userCells(user))),
    )
    return [["Group id", "Group name", ...USER_COLUMNS], ...rows]
  }

  private managedCsv(): readonly (readonly string[])[] {
    const rows = this.people()
      .filter(isManaged)
      .map((user) => [user.accountId, user.displayName, addressOf(user), user.accountStatus, "2026-05-28", "true"])
    return [["Atlassian ID", "Name", "Email", "Status", "Last active date [UTC]", "Confluence"], ...rows]
  }
}

export const EXPORT_FORMS = ["users", "groups", "managed"] as const
export type ExportForm = (typeof EXPORT_FORMS)[number]

const USER_COLUMNS = [
  "User id",
  "User name",
  "email",
  "User status",
  "Added to org",
  "Org role",
  "Confluence - northwind",
  "Last seen in Confluence - northwind",
] as const

const userCells = (user: SiteUser): readonly string[] => [
  user.accountId,
  user.displayName,
  addressOf(user),
  user.accountStatus === "active" ? "Active" : "Suspended",
  "3 Jan 2024",
  "User",
  "User",
  user.accountStatus === "active" ? "28 May 2026" : "Never accessed",
]

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

const picture = (user: SiteUser): string => `https://avatar.northwind.example/${encodeURIComponent(user.accountId)}`

const managedRow = (user: SiteUser): object => ({
  account_id: user.accountId,
  account_type: user.accountType,
  account_status: user.accountStatus,
  name: user.displayName,
  picture: picture(user),
  email: addressOf(user),
  access_billable: user.accountStatus === "active",
})

const directoryRow = (user: SiteUser): object => ({
  accountId: user.accountId,
  accountType: user.accountType,
  accountStatus: "active",
  status: user.accountStatus === "active" ? "active" : "suspended",
  membershipStatus: user.accountStatus === "active" ? "active" : "suspended",
  claimStatus: isManaged(user) ? "managed" : "unmanaged",
  name: user.displayName,
  nickname: user.publicName,
  picture: picture(user),
  email: addressOf(user),
})
