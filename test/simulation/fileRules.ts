/**
 * Judges the files of a sync: what was handed over is the site's bytes of the version that the record tells, under a path of its own,
 * with nothing beside it; and a record without a file says why, truly.
 */
import { fileBytes, sha256Of } from "../../src/sample-site/fileBytes.ts"
import { UNKNOWN_FILE } from "../../src/sample-site/MediaHost.ts"
import type { Held, Table } from "./destination.ts"
import { isTombstone } from "./destination.ts"
import type { ConnectionConfig } from "./history.ts"
import type { Row } from "./moments.ts"
import type { SyncSeen, Violation } from "./verdict.ts"

const STREAM = "attachments"
const MB = 1_000_000

/** A file that a sync has left in the staging folder. */
export interface Staged {
  readonly bytes: number
  readonly sha256: string
}

type Limits = NonNullable<ConnectionConfig["attachments"]>
const ALL: Limits = { max_file_size_mb: 100, media_types: [] }

/** What the limits make of a row: its file is wanted, or why not. */
const wished = ({ fileSize, mediaType }: Row, { max_file_size_mb, media_types }: Limits = ALL): string => {
  const isOfType = (type: string) =>
    type.endsWith("/*") ? String(mediaType).startsWith(type.slice(0, -1)) : mediaType === type
  if (media_types.length > 0 && !media_types.some(isOfType)) return "other_type"
  return Number(fileSize) > max_file_size_mb * MB ? "too_large" : "wanted"
}

/** Files by what they are, since many moments ask for the same. */
const hashes = new Map<string, string>()
const truthOf = ({ fileId, fileSize }: Row): Staged => {
  const bytes = Number(fileSize)
  const key = `${String(fileId)} ${bytes}`
  const sha256 = hashes.get(key) ?? sha256Of(fileBytes(String(fileId), bytes))
  if (hashes.size > 5_000) hashes.clear()
  hashes.set(key, sha256)
  return { bytes, sha256 }
}

const isSame = (a: Staged | undefined, b: Staged): boolean => a?.bytes === b.bytes && a.sha256 === b.sha256

export class FileJudge {
  /** Records whose files the site did not have when they were sent, as far as that sync could see. */
  readonly #excused = new WeakSet<Row>()
  readonly #records = new Map<string, Row>()

  /** Whether the site may have had no file for this row at some moment. */
  #mayBeLost({ fileId, id }: Row, { moments }: SyncSeen): boolean {
    return fileId === UNKNOWN_FILE || moments.some(({ lostFiles }) => lostFiles.has(String(id)))
  }

  /** To be called with each sync of a connection that takes files, and with what it has left in the folder. */
  sync(seen: SyncSeen, staged: ReadonlyMap<string, Staged>, table: Table): ReadonlyArray<Violation> {
    const violations: Array<Violation> = []
    const add = (row: Row, detail: string) =>
      void violations.push({ rule: "files", stream: STREAM, detail: `${String(row["id"])}: ${detail}` })
    const told = new Set<string>()
    const limits = seen.config.attachments
    // Of what goes on meanwhile the connector may see any moment.
    const isCalm = !seen.troubled && seen.moments.length === 1
    for (const { record } of seen.messages) {
      if (record?.stream !== STREAM || isTombstone(record.data)) continue
      const { data, file_reference: reference } = record
      const status = data["fileStatus"]
      const wish = wished(data, limits)
      this.#records.set(String(data["id"]), data)
      if ((reference !== undefined) !== (status === "transferred"))
        add(data, `it is ${String(status)}, and its file ${reference === undefined ? "is not there" : "is"}`)
      if (reference !== undefined) {
        const { file_size_bytes: bytes, source_file_relative_path: path, staging_file_url: url } = reference
        const truth = truthOf(data)
        if (!isSame(staged.get(path), truth))
          add(data, `its file is ${JSON.stringify(staged.get(path))}, and on the site ${JSON.stringify(truth)}`)
        if (bytes !== truth.bytes || data["fileSha256"] !== truth.sha256) add(data, "the record tells of another file")
        if (told.has(path)) add(data, "two records share a file")
        told.add(path)
        if (
          !path.startsWith(`${STREAM}/${String(data["id"])}/`) ||
          path.split("/").length !== 3 ||
          !url.endsWith(`/${path}`)
        )
          add(data, `its file is at ${path}`)
        if (wish !== "wanted") add(data, `its file is ${wish}, and came all the same`)
        continue
      }
      if (wish !== "wanted" ? status !== wish : status !== "missing" && status !== "failed")
        add(data, `it says ${String(status)}`)
      if (wish === "wanted" && isCalm && !this.#mayBeLost(data, seen))
        add(data, `it is ${String(status)}, and nothing was wrong`)
      if (status === "missing") this.#excused.add(data)
    }
    if (seen.ended === "done") {
      const left = [...staged.keys()].filter((path) => !told.has(path))
      if (left.length > 0)
        violations.push({ rule: "files", stream: STREAM, detail: `${left[0]!} is there, and no record tells of it` })
    }
    if (seen.ended === "done" && isCalm) violations.push(...this.#judgeTable(seen, table, limits))
    return violations
  }

  /** After a sync that nothing has disturbed, every file that is wanted has come: then, or with an earlier record. */
  #judgeTable(seen: SyncSeen, table: Table, limits: Limits | undefined): ReadonlyArray<Violation> {
    return [...table].flatMap(
      ([key, { deleted, record, vouched }]: readonly [string, Held]): ReadonlyArray<Violation> => {
        if (deleted || !vouched || seen.moments[0]!.rows.get(STREAM)?.has(key) !== true) return []
        if (wished(record, limits) !== "wanted" || record["fileStatus"] === "transferred") return []
        if (this.#excused.has(record) || this.#mayBeLost(record, seen)) return []
        // Between reconciliations what could not even be tried is left, and so is what hangs in archives and was asked for by its id.
        if (record["fileStatus"] === "failed" && seen.config.reconcile_interval_hours !== 0) return []
        return [
          {
            rule: "files",
            stream: STREAM,
            detail: `${key}: ${String(record["fileStatus"])} after a sync that nothing has disturbed`,
          },
        ]
      },
    )
  }
}
