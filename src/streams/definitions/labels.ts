/** All labels of the site. What carries them is in content_labels and space_labels. */
import { byId } from "../../sync/Course.ts"
import { siteList } from "../kinds/siteList.ts"
import { LABELS } from "../labels/lists.ts"

export const labels = siteList({
  name: "labels",
  primaryKey: ["id"],
  endpoint: LABELS,
  sort: { front: "id", back: "-id", key: byId },
})
