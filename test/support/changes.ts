/** What the records of a stream say of fields that could not be had whole. */

export interface Told {
  readonly id: unknown
  readonly changes: ReadonlyArray<Readonly<Record<string, string>>>
}

/** The `meta.changes` of a stream's RECORD lines, by the account's id. */
export const changesOf = (lines: ReadonlyArray<string>, stream: string): ReadonlyArray<Told> =>
  lines.flatMap((line) => {
    const { record } = JSON.parse(line) as {
      record?: { stream: string; data: Record<string, unknown>; meta?: { changes?: Told["changes"] } }
    }
    const changes = record?.stream === stream ? record.meta?.changes : undefined
    return changes === undefined ? [] : [{ id: record!.data["accountId"], changes }]
  })
