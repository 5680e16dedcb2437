/**
 * Content that filters could not judge, because the site gave it without what they ask for: also where it was asked for again, as it is
 * whenever that happens.
 */
import type { OddRow } from "../../src/sample-site/alteredAnswers.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { ENDPOINTS } from "./drawnFaults.ts"

/** What filters ask of content besides its id: the fields of its rows. */
const fieldsAskedFor = ({ created_after, created_before, modified_after, modified_before }: GivenFilters) => [
  "id",
  ...((created_after ?? created_before) === undefined ? [] : ["createdAt"]),
  ...((modified_after ?? modified_before) === undefined ? [] : ["version"]),
]

const CONTENT = new Set<string>([...ENDPOINTS.pages, ...ENDPOINTS.blog_posts])

export const unjudgedContent = (oddRows: ReadonlyArray<OddRow>, filters: GivenFilters): ReadonlySet<string> => {
  const fields = fieldsAskedFor(filters)
  const ids = oddRows.flatMap(({ id, field, path }) => (CONTENT.has(path) && fields.includes(field) ? [id] : []))
  return new Set(ids.filter((id, at) => ids.indexOf(id) < at))
}
