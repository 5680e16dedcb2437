/** Embeds: Smart Links that have a place of their own in the content tree; current and archived ones, as far as the search or other content tells of them. */
import { treeContent } from "../kinds/treeContent.ts"

export const embeds = treeContent("embeds", "embed")
