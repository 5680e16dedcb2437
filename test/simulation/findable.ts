/**
 * Folders, whiteboards, databases and embeds as the account can come upon them at one moment. One that no search shows and that nothing
 * names as its parent cannot be known. One that is only named is found as long as that stays so while it is read.
 */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { TREE_STREAMS } from "../support/knowableTree.ts"
import { spaceOfRow } from "./spacesOfRows.ts"
import type { StreamSeen } from "./verdict.ts"

export interface Findable {
  /** The ids of those that nobody can know. */
  readonly unknown: ReadonlySet<string>
  /** The ids of those that other content alone tells of. */
  readonly named: ReadonlySet<string>
}

const NOTHING: Findable = { unknown: new Set(), named: new Set() }

/** Its rows are, among others, of such content. */
const PROPERTIES = "content_properties"

const isTreeStream = (stream: string): boolean => (TREE_STREAMS as ReadonlyArray<string>).includes(stream)

export const findable = (site: SampleSite, streams: ReadonlyArray<string>): Findable => {
  if (!streams.some((stream) => isTreeStream(stream) || stream === PROPERTIES)) return NOTHING
  const tree = site.truth("content_tree")
  const those = (how: string) => new Set(tree.flatMap(({ id, known }) => (known === how ? [String(id)] : [])))
  return { unknown: those("no"), named: those("named") }
}

/** Content that no list shows, as properties name its type. */
const ITEM_TYPES: ReadonlySet<unknown> = new Set(["folder", "whiteboard", "database", "embed"])

/**
 * Whether an item has passed from an archived space to one in use, or back: two searches show what there is of them, one after the other, and
 * neither need have shown it.
 */
const isBetweenSearches = ({ name, sync: { moments } }: Pick<StreamSeen, "name" | "sync">, key: string): boolean => {
  const statuses = moments.flatMap(({ rows, spaces }) => {
    const row = rows.get(name)?.get(key)
    if (row === undefined || (name === PROPERTIES && !ITEM_TYPES.has(row["contentType"]))) return []
    return [spaces.get(String(spaceOfRow(row)))]
  })
  return new Set(statuses).size > 1
}

/** Whether a row may be missing although the account could see it. */
export const mayBeUnfound = (seen: Pick<StreamSeen, "name" | "sync">, key: string): boolean => {
  const {
    name,
    sync: { moments },
  } = seen
  if (!isTreeStream(name) && name !== PROPERTIES) return false
  if (isBetweenSearches(seen, key)) return true
  return moments.some(({ tree, rows }) => {
    const id = name === PROPERTIES ? String(rows.get(name)?.get(key)?.["contentId"]) : key
    return tree.unknown.has(id) || (moments.length > 1 && tree.named.has(id))
  })
}
