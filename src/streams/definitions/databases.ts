/** Databases, without their entries: no API tells those; current and archived ones, as far as the search or other content tells of them. */
import { treeContent } from "../kinds/treeContent.ts"

export const databases = treeContent("databases", "database")
