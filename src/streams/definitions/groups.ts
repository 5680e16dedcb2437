/** Groups. A group can be renamed; its id stays. */
import { GROUPS } from "../../sync/SiteDirectory.ts"
import { collection } from "../collection.ts"

export const groups = collection({
  name: "groups",
  primaryKey: ["id"],
  endpoint: GROUPS,
  paging: "offset",
  limit: 200,
  // An offset means another row after every change: a list that was cut off begins anew.
  keeps: () => false,
  feeds: "groups",
})
