/** The site's list of labels, which two streams read. */
import type { Endpoint } from "../confluence/scopes.ts"

export const LABELS: Endpoint = { path: "/wiki/api/v2/labels", scopes: [["read:label:confluence"]] }
