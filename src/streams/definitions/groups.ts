/** Groups. A group can be renamed; its id stays. */
import { GROUPS } from "../../site/siteLists.ts"
import { siteList } from "../kinds/siteList.ts"

export const groups = siteList({
  name: "groups",
  primaryKey: ["id"],
  endpoint: GROUPS,
  paging: "offset",
  limit: 200,
  // An offset means another row after every change: a list that was cut off begins anew.
  keeps: () => false,
  feeds: "groups",
})
