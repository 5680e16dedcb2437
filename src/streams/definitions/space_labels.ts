/** The labels of spaces: those of teams and of the credential's own person. The API lists no others of a space. */
import { childrenOf } from "../kinds/childrenOf.ts"

export const spaceLabels = childrenOf({
  name: "space_labels",
  primaryKey: ["spaceId", "labelId"],
  children: {
    parents: "spaces",
    endpoint: { path: "/wiki/api/v2/spaces/{id}/labels", scopes: [["read:space:confluence"]] },
    oftenEmpty: true,
  },
  what: "the labels",
  row: (label, spaceId) => ({ ...label, spaceId, labelId: label["id"] }),
  filteredAs: "ofSpace",
})
