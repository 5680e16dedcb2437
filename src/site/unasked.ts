/** What is listed without that by which its own would be asked for: it costs all that it has, and is named. */
import { UnexpectedResponse } from "../confluence/errors.ts"
import type { Missed } from "./Accounts.ts"
import { type DirectoryList, type Entry, GROUPS, SPACES } from "./siteLists.ts"

/** `lacks`: "an id", say. */
export const unasked = (name: string, path: string, lacks = "an id"): Missed => ({
  name,
  error: new UnexpectedResponse({
    message: `Confluence lists this without ${lacks}, so that nothing can be asked for by it.`,
    endpoint: `GET ${path}`,
    status: undefined,
  }),
})

/** Contents of a list, of which nobody has kept more than their number. */
export const unaskedContents = (count: number, what: string, path: string): ReadonlyArray<Missed> =>
  count === 0 ? [] : [unasked(`${count} of the ${what}`, path, "ids")]

const CALLED = { groups: "group", spaces: "space" } as const
const PATHS = { groups: GROUPS.path, spaces: SPACES.path } as const

/** A group or a space. */
export const unaskedEntry = (kind: DirectoryList, { name, key }: Entry, lacks?: string): Missed =>
  unasked(
    typeof name === "string" && name !== ""
      ? `the ${CALLED[kind]} "${name}"`
      : typeof key === "string" && key !== ""
        ? `the ${CALLED[kind]} ${key}`
        : `a ${CALLED[kind]} without a name`,
    PATHS[kind],
    lacks,
  )
