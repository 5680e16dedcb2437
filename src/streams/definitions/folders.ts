/** Folders; current and archived ones, as far as the search or other content tells of them. */
import { treeContent } from "../kinds/treeContent.ts"

export const folders = treeContent("folders", "folder")
