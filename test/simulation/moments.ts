/**
 * What a site was like at one moment: every row that the credential saw, and the fate of everything that it did not see.
 * A sync is judged by the moments it went through: what it says must have been true at one of them.
 */
import { cleanValue } from "../../src/protocol/wellFormed.ts"
import type { OddRow } from "../../src/sample-site/alteredAnswers.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthStream } from "../../src/sample-site/truth.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { withAddresses } from "./addresses.ts"
import { type Fate, fatesOf, fatesUnder } from "./fates.ts"
import { fatesOfContents } from "./fatesOfContents.ts"
import { type FilteredRows, filteredRows } from "./filteredRows.ts"
import { type Findable, findable } from "./findable.ts"
import { sayingOf } from "./inScope.ts"
import { onlyListedComments, poisonedIn } from "./lostBodies.ts"
import { RESTRICTIONS, type RestrictionsAt, knowable, restrictionsAt } from "./restrictions.ts"
import { placed } from "./spacesOfRows.ts"

export type Row = Readonly<Record<string, unknown>>

/** The streams that were incremental first. What is not incremental is read whole by every sync. */
export const INCREMENTAL_STREAMS = ["pages", "blog_posts", "comments", "attachments"] as const
/** Those that histories draw later, by chances of their own (laterDraws.ts). */
const LATER_INCREMENTAL = ["custom_content"] as const
const ALL_INCREMENTAL = [...INCREMENTAL_STREAMS, ...LATER_INCREMENTAL] as const
export type IncrementalStream = (typeof ALL_INCREMENTAL)[number]
/** Those of what contents have, which histories draw later, too. */
export const OF_CONTENTS: ReadonlySet<string> = new Set(["content_properties", "content_versions"])
export const isIncremental = (stream: string): boolean =>
  (ALL_INCREMENTAL as ReadonlyArray<string>).includes(stream) || OF_CONTENTS.has(stream)

export type BodyFormat = "storage" | "atlas_doc_format" | "none"

export interface RestrictionsKnown extends RestrictionsAt {
  /** Rows of the site that nobody can surely know of, and that no filter leaves out: they may be sent or not. */
  readonly uncertain: ReadonlyMap<string, Row>
  /** The keys of rows that one look alone tells of: where that is refused, they are as what is not there. */
  readonly onOneLook: ReadonlySet<string>
  /** Accounts that restrictions alone name. */
  readonly accounts: ReadonlySet<string>
}

export interface Moment {
  /** Rows by stream and key: what the credential sees and the filters let in. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, Row>>
  /** What filters make of the site beyond these rows; undefined without filters. */
  readonly filtered: FilteredRows | undefined
  /** What restrictions there are, where they are read. */
  readonly restrictions: RestrictionsKnown | undefined
  /** Fates by incremental stream and key; a key that is not there never was. */
  readonly fates: ReadonlyMap<string, ReadonlyMap<string, Fate>>
  /** The statuses of spaces by id: a space that is archived or restored while spaces are listed may be in no list. */
  readonly spaces: ReadonlyMap<string, string>
  /** The keys of rows whose bodies cannot be had, by stream. */
  readonly poisoned: ReadonlyMap<string, ReadonlySet<string>>
  /** Every account by its id, named by a row or not, where users are read. */
  readonly accounts: ReadonlyMap<string, Row>
  /** The keys of rows that lists show and no look by their ids finds, by stream. */
  readonly onlyListed: ReadonlyMap<string, ReadonlySet<string>>
  /** What of the content tree can be known. */
  readonly tree: Findable
  /** The ids of groups. */
  readonly groups: ReadonlySet<string>
  /** The site's own clock, in milliseconds. */
  readonly siteTime: number
}

const KEYS: Readonly<Record<string, ReadonlyArray<string>>> = {
  users: ["accountId"],
  group_members: ["groupId", "accountId"],
  templates: ["templateId"],
  audit_log: ["auditId"],
  space_role_assignments: ["spaceId", "roleId", "principalType", "principalId"],
  content_restrictions: ["contentId", "operation", "restrictedById", "principalType", "principalId"],
  likes: ["contentId", "accountId"],
  content_views: ["contentId"],
  content_versions: ["contentId", "number"],
  space_labels: ["spaceId", "labelId"],
  content_labels: ["contentId", "labelId"],
}

/** The columns of a stream's primary key. */
export const keyColumns = (stream: string): ReadonlyArray<string> => KEYS[stream] ?? ["id"]

/** The primary key of a row as text. */
export const keyOf = (stream: string, row: Row): string =>
  keyColumns(stream)
    .map((column) => row[column])
    .join(" ")

type Rows = ReadonlyMap<string, ReadonlyMap<string, Row>>

/** Takes out of rows what nobody can surely know of, and adds to users whom restrictions name. */
const withRestrictions = (
  site: SampleSite,
  rows: Rows,
  accounts: ReadonlyMap<string, Row>,
  filtered: FilteredRows | undefined,
): Pick<Moment, "rows" | "restrictions"> => {
  const all = rows.get(RESTRICTIONS)
  if (all === undefined) return { rows, restrictions: undefined }
  const { uncertain, onOneLook } = knowable(site, [...all.values()], filtered?.isIn)
  const some = (isUncertain: boolean) => new Map([...all].filter(([, row]) => uncertain.has(row) === isUncertain))
  const known = some(false)
  const users = rows.get("users")
  const named = [...known.values()].flatMap(({ principalType, principalId }) =>
    principalType === "user" && users?.has(String(principalId)) === false ? [String(principalId)] : [],
  )
  const others = named.flatMap((id) => (accounts.has(id) ? [[id, accounts.get(id)!] as const] : []))
  return {
    rows: new Map([
      ...rows,
      [RESTRICTIONS, known],
      ...(users === undefined ? [] : [["users", new Map([...users, ...others])] as const]),
    ]),
    restrictions: {
      ...restrictionsAt(site),
      uncertain: some(true),
      onOneLook: new Set([...all].flatMap(([key, row]) => (onOneLook.has(row) ? [key] : []))),
      accounts: new Set(named),
    },
  }
}

/** Looks at a site as it is now. */
export const momentOf = (
  site: SampleSite,
  streams: ReadonlyArray<string>,
  bodyFormat: BodyFormat,
  filters: GivenFilters = {},
): Moment => {
  const filtered = sayingOf(filters) === "" ? undefined : filteredRows(site, streams, bodyFormat, filters)
  const options = { bodyFormat: bodyFormat === "none" ? null : bodyFormat }
  const rowsOf = (stream: string, truth: TruthStream) => {
    const told = placed(site, site.truth(truth, options))
    return new Map((stream === "users" ? withAddresses(site, told) : told).map((row) => [keyOf(stream, row), row]))
  }
  const accounts = streams.includes("users") ? rowsOf("users", "accounts") : new Map<string, Row>()
  const rows = filtered?.rows ?? new Map(streams.map((stream) => [stream, rowsOf(stream, stream as TruthStream)]))
  return {
    ...withRestrictions(site, rows, accounts, filtered),
    filtered,
    accounts,
    fates: new Map(
      streams.filter(isIncremental).map((stream) => {
        if (OF_CONTENTS.has(stream)) return [stream, fatesOfContents(site, stream, filtered)]
        const own = stream as IncrementalStream
        return [stream, filtered === undefined ? fatesOf(site, own) : fatesUnder(filtered, site, own)]
      }),
    ),
    spaces: new Map(site.spaces.map(({ id, status }) => [id, status])),
    poisoned: new Map(streams.map((stream) => [stream, poisonedIn(site, stream)])),
    onlyListed: new Map([["comments", onlyListedComments(site)]]),
    tree: findable(site, streams),
    groups: new Set(site.groups.map(({ id }) => id)),
    siteTime: site.siteTime(),
  }
}

/** What the connector adds to the rows of the site. */
const ADDED: ReadonlySet<string> = new Set([
  "updatedAt",
  "changedAt",
  "_ab_cdc_deleted_at",
  "deletionReason",
  "commentType",
  "containerType",
  "containerId",
  "emailSource",
])

/** Where truth differs by intent: what the connector does not ask for, and what says only what was not asked for. */
const NOT_COMPARED: Readonly<Record<string, ReadonlyArray<string>>> = {
  groups: ["_links"],
  spaces: ["description", "icon"],
  group_members: ["_expandable"],
  templates: ["_expandable"],
}

/** A value as it can be written: NULs taken out, texts well-formed. */
const written = (value: unknown): string => JSON.stringify(cleanValue(value))

const texts = new WeakMap<Row, Map<string, string>>()
/** The fields of a row as text, worked out once. */
const textsOf = (stream: string, row: Row): ReadonlyMap<string, string> => {
  let known = texts.get(row)
  if (known === undefined) {
    known = new Map(
      Object.entries(row)
        .filter(
          ([field, value]) =>
            value !== undefined && !ADDED.has(field) && NOT_COMPARED[stream]?.includes(field) !== true,
        )
        .map(([field, value]) => [field, written(value)]),
    )
    texts.set(row, known)
  }
  return known
}

/** Records whose body was withheld, as their `meta` says. */
const withheld = new WeakSet<Row>()
export const noteWithheld = (record: Row): void => void withheld.add(record)
export const isWithheld = (record: Row): boolean => withheld.has(record)

/** The format of bodies that records were sent in. */
const formats = new WeakMap<Row, BodyFormat>()
export const noteFormat = (record: Row, format: BodyFormat): void => void formats.set(record, format)
export const formatSent = (record: Row): BodyFormat | undefined => formats.get(record)

/** Fields that the site has once told otherwise than they are, by row. */
const told = new WeakMap<Row, Set<string>>()
export const noteOdd = (record: Row, { field }: Pick<OddRow, "field">): void => {
  told.set(record, (told.get(record) ?? new Set()).add(field))
}

/** What a record says that it could not have. */
export const noteUntold = (record: Row, field: string): void => noteOdd(record, { field })

/** Whether the site has told something of the record otherwise than it is. */
export const isOdd = (record: Row): boolean => told.has(record)

/** Says in what a record differs from the row that the site has; undefined where they agree. */
export const difference = (stream: string, record: Row, truth: Row, bodyFormat: BodyFormat): string | undefined => {
  const mine = textsOf(stream, record)
  for (const [field, text] of textsOf(stream, truth)) {
    if (field === "body" && (bodyFormat === "none" || withheld.has(record) || withheld.has(truth))) continue
    if (mine.get(field) !== text && told.get(record)?.has(field) !== true) {
      return `${field} is ${(mine.get(field) ?? "missing").slice(0, 160)}, and on the site ${text.slice(0, 160)}`
    }
  }
  return undefined
}
