/** What apps and scripts keep with spaces: properties, each a key with a value of any form. */
import type { Row } from "../../confluence/Listing.ts"
import { isRecord } from "../../json.ts"
import { childrenOf } from "../kinds/childrenOf.ts"

/** Who made a property, and who changed it last. */
const accountsIn = ({ createdBy, version }: Row): ReadonlyArray<unknown> => [
  createdBy,
  isRecord(version) ? version["createdBy"] : undefined,
]

export const spaceProperties = childrenOf({
  name: "space_properties",
  primaryKey: ["id"],
  children: {
    parents: "spaces",
    endpoint: { path: "/wiki/api/v2/spaces/{space-id}/properties", scopes: [["read:space:confluence"]] },
    // Most spaces have none.
    oftenEmpty: true,
  },
  what: "the properties",
  row: (property, spaceId) => ({ ...property, spaceId }),
  accountsIn,
  filteredAs: "ofSpace",
})
