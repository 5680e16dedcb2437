/** The audit log: what administrators did. For Confluence administrators alone, and not part of every plan. */
import { createHash } from "node:crypto"
import type { Row } from "../../confluence/Listing.ts"
import { isRecord } from "../../json.ts"
import { timeWindows } from "../kinds/timeWindows.ts"

/** The last moment that a date can hold. */
const LATEST = 8.64e15

const timeOf = ({ creationDate }: Row): number | undefined =>
  typeof creationDate === "number" && Number.isSafeInteger(creationDate) && Math.abs(creationDate) <= LATEST
    ? creationDate
    : undefined

/** The same text for the same value, in whatever order its fields came. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`
  if (!isRecord(value)) return JSON.stringify(value) ?? "null"
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${textOf(each)}`).join(",")}}`
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22)

/** Records have no id: their hash stands for them, with their number among records that are alike in every field. */
const rows = (records: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const numbers = new Map<string, number>()
  return records.map((record) => {
    const hash = hashOf(textOf(record))
    const number = numbers.get(hash) ?? 0
    numbers.set(hash, number + 1)
    const time = timeOf(record)
    return {
      ...record,
      auditId: number === 0 ? hash : hashOf(`${hash} ${number}`),
      createdAt: time === undefined ? null : new Date(time).toISOString(),
    }
  })
}

export const auditLog = timeWindows({
  name: "audit_log",
  primaryKey: ["auditId"],
  cursor: "creationDate",
  log: {
    endpoint: { path: "/wiki/rest/api/audit", scopes: [["read:audit-log:confluence"]] },
    from: "startDate",
    to: "endDate",
    limit: 1000,
    timeOf,
    rows,
    what: "audit log",
    whoReads:
      "The audit log is for Confluence administrators: the account needs the global permission to administer Confluence, and a token with scopes read:audit-log:confluence.",
  },
})
