/** The space of a row: its own, or that of the page or blog post which it is a part of. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"

type Row = Readonly<Record<string, unknown>>

const spaces = new WeakMap<Row, string>()

/** Notes the spaces of rows that name a content alone. */
export const placed = <R extends Row>(site: SampleSite, rows: ReadonlyArray<R>): ReadonlyArray<R> => {
  for (const row of rows) {
    const { contentId } = row
    const content = typeof contentId === "string" ? site.placedContent(contentId) : undefined
    const space = content === undefined ? undefined : site.spaces[content.space]
    if (space !== undefined) spaces.set(row, space.id)
  }
  return rows
}

export const spaceOfRow = (row: Row | undefined): unknown =>
  row === undefined ? undefined : (row["spaceId"] ?? spaces.get(row))
