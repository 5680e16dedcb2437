/** The space of a row: its own, or that of the page or blog post which it is a part of. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"

type Row = Readonly<Record<string, unknown>>

const spaces = new WeakMap<Row, string>()

/** The space of the page, blog post, piece of the content tree or custom content of an id. */
const spaceOf = (site: SampleSite, id: string): string | undefined => {
  const custom = site.customContent.byId(id)
  const index = custom === undefined ? site.placedContent(id)?.space : site.customContent.fateOf(custom, "user").space
  return index === undefined ? undefined : site.spaces[index]?.id
}

/** Notes the spaces of rows that name a content alone. */
export const placed = <R extends Row>(site: SampleSite, rows: ReadonlyArray<R>): ReadonlyArray<R> => {
  for (const row of rows) {
    const { contentId } = row
    const space = typeof contentId === "string" ? spaceOf(site, contentId) : undefined
    if (space !== undefined) spaces.set(row, space)
  }
  return rows
}

export const spaceOfRow = (row: Row | undefined): unknown =>
  row === undefined ? undefined : (row["spaceId"] ?? spaces.get(row))
