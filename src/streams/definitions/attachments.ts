/**
 * Attachments of pages, blog posts and custom content: what is known of the files, not the files themselves. Current and
 * archived ones, which is what the list gives where no status is asked for.
 */
import { byCreation } from "../../sync/walk.ts"
import { collection } from "../collection.ts"
import { accountsIn, withContainer, withTimes } from "../rowFacts.ts"

export const attachments = collection({
  name: "attachments",
  primaryKey: ["id"],
  path: "/wiki/api/v2/attachments",
  scope: "read:attachment:confluence",
  sort: { front: "created-date", back: "-created-date", key: byCreation },
  row: (row) => withContainer(withTimes(row)),
  accountsIn,
})
