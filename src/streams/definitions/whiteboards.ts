/** Whiteboards, without what is drawn on them: no API tells that; current and archived ones, as far as the search or other content tells of them. */
import { treeContent } from "../kinds/treeContent.ts"

export const whiteboards = treeContent("whiteboards", "whiteboard")
