/** What people do to what content has of its own. */
import { isTreeType } from "../../src/sample-site/contentTypes.ts"
import type { Act } from "./Act.ts"

const someContent = (act: Act): string => (act.number(4, 3) === 0 ? act.comment(() => true).id : act.any())

export const CHILD_CHANGES = {
  like: (act) => act.site.like(someContent(act), { accountId: act.user() }),
  "take all likes back": (act) => act.site.unlike(someContent(act)),
  "view a page": (act) => act.site.view(act.any(), { views: 1 + act.number(5, 9) }),
  // Nothing else: views and viewers are asked for one after the other.
  "a new viewer": (act) => act.site.view(act.any(), { views: 0, viewers: 1 }),
  "set a property": (act) =>
    act.site.setProperty(someContent(act), {
      key: `key ${act.number(6, 3)}`,
      value: { of: act.text(7), n: act.number(8, 9) },
    }),
  "remove a property": (act) => {
    const row = act.oneOf(act.site.truth("content_properties"))
    act.site.removeProperty(String(row["contentId"]), { key: String(row["key"]) })
  },
  "set a property of a tree item": (act) =>
    act.site.setProperty(act.treeItem(), { key: `key ${act.number(6, 3)}`, value: act.text(7) }),
  "remove a property of a tree item": (act) => {
    const rows = act.site.truth("content_properties").filter(({ contentType }) => isTreeType(String(contentType)))
    const row = act.oneOf(rows)
    act.site.removeProperty(String(row["contentId"]), { key: String(row["key"]) })
  },
  "delete a version": (act) => {
    const { contentId, number } = act.oneOf(act.site.truth("content_versions"))
    act.site.deleteVersion(String(contentId), { number: Number(number) })
  },
} satisfies Readonly<Record<string, (act: Act) => void>>
