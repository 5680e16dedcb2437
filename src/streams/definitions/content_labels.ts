/** Which live page, blog post or attachment carries which label. */
import type { Endpoint } from "../../confluence/scopes.ts"
import { LISTED_CONTAINERS } from "../../site/containers.ts"
import { SPACES } from "../../site/siteLists.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { ONE_ROW } from "../kinds/lists.ts"
import { LABELS, carriersOf, labelsOf } from "../labels/lists.ts"
import { readContentLabels } from "../labels/readContentLabels.ts"

/** An id of nothing, of the right form. */
const NOTHING = "1"
const KINDS = ["page", "blogpost", "attachment"] as const

const FILE: Endpoint = { path: "/wiki/api/v2/attachments/{id}", scopes: [["read:attachment:confluence"]] }
/** Where the content is listed and looked for that filters let in, or that labelled files hang on. */
const listed = Object.values(LISTED_CONTAINERS).flatMap(({ path, scope }): ReadonlyArray<Endpoint> => [
  { path, scopes: [[scope]] },
  { path: `${path}/{id}`, scopes: [[scope]] },
  { path: `${path}/{id}/attachments`, scopes: [["read:attachment:confluence"]] },
])

export const contentLabels: StreamDefinition = {
  name: "content_labels",
  primaryKey: ["contentId", "labelId"],
  syncModes: ["full_refresh"],
  endpoints: [LABELS, ...KINDS.map(carriersOf), ...KINDS.map(labelsOf), ...listed, FILE, SPACES],
  probes: [
    { endpoint: LABELS, query: [ONE_ROW] },
    ...KINDS.map((kind) => ({ endpoint: carriersOf(kind), query: [ONE_ROW], nothing: NOTHING })),
    {
      endpoint: SPACES,
      query: [ONE_ROW],
      without: "spaces cannot be listed, so the labels of what is in archived spaces may be left out",
    },
  ],
  filteredAs: "contents",
  read: readContentLabels,
}
