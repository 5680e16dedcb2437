/** What people do to restrictions: set and lift them, name groups that come and go, and move what they hold for. */
import type { PlacedItem } from "../../src/sample-site/contentTypes.ts"
import { pick } from "../../src/sample-site/seededChance.ts"
import type { Act } from "./Act.ts"

const isCurrent = ({ status }: PlacedItem) => status === "current"
const isTrashed = ({ status }: PlacedItem) => status === "trashed"
const isArchived = ({ status }: PlacedItem) => status === "archived"
const canHaveBelow = ({ type, status }: PlacedItem) => type !== "blogpost" && status !== "trashed"

/** Any page, blog post, folder, whiteboard, database or embed, in the archive too. */
const any = (act: Act): string => (act.number(11, 2) === 0 ? act.any() : act.treeItem())

/** Whom a restriction names: the credential's account four times in five, else it may see the content no more. */
const somebody = (act: Act) => {
  const { users, groups } = act.site
  const draw = (salt: number) => pick(users, act.number(salt, 10_000)).accountId
  return {
    users: [...(act.number(12, 5) > 0 ? [users[0]!.accountId] : []), draw(13), draw(14)],
    groups: act.number(15, 2) === 0 || groups.length === 0 ? [] : [pick(groups, act.number(16, 10_000)).id],
  }
}

/** Every kind of change. */
export const RESTRICTION_CHANGES = {
  "restrict reading": (act: Act) => act.site.setRestriction(any(act), somebody(act)),
  "restrict changing": (act: Act) => act.site.setRestriction(any(act), { ...somebody(act), operation: "update" }),
  "restrict a folder": (act: Act) => {
    const id = act.treeItem(({ type }) => type === "folder")
    act.site.setRestriction(id, somebody(act))
  },
  "restrict a homepage": (act: Act) => {
    const id = act.page((item) => isCurrent(item) && item.parentId === null)
    act.site.setRestriction(id, { ...somebody(act), users: [act.site.users[0]!.accountId] })
  },
  "restrict to many": (act: Act) => {
    const users = act.site.users.slice(0, 2 + act.number(12, 12)).map(({ accountId }) => accountId)
    act.site.setRestriction(any(act), { users, groups: act.site.groups.map(({ id }) => id) })
  },
  "restrict to a new group": (act: Act) => {
    const id = act.site.addGroup()
    act.site.addMember(id, { accountId: act.site.users[0]!.accountId })
    act.site.setRestriction(any(act), { groups: [id] })
  },
  "remove a group that restricts": (act: Act) => act.site.removeGroup(act.restrictingGroup()),
  "lift restrictions": (act: Act) => act.site.clearRestrictions(act.restricted()),
  "move below something restricted": (act: Act) =>
    act.site.move(act.page(isCurrent), { parentId: act.restricted(canHaveBelow) }),
  "move something restricted": (act: Act) => {
    const parentId = act.number(12, 3) === 0 ? null : act.number(12, 2) === 0 ? act.treeItem() : act.page(isCurrent, 1)
    act.site.move(act.restricted(canHaveBelow), { parentId })
  },
  "archive something restricted": (act: Act) =>
    act.site.archive(act.restricted((item) => isCurrent(item) && item.type !== "blogpost")),
  "unarchive something restricted": (act: Act) => act.site.unarchive(act.restricted(isArchived)),
  "trash something restricted": (act: Act) => act.site.trash(act.restricted((item) => item.status !== "trashed")),
  "restore something restricted": (act: Act) => act.site.restore(act.restricted(isTrashed)),
} as const

/** How likely each is, relative to the others. */
export const RESTRICTION_WEIGHTS: Readonly<Record<keyof typeof RESTRICTION_CHANGES, number>> = {
  "restrict reading": 4,
  "restrict changing": 2,
  "restrict a folder": 3,
  "restrict a homepage": 1,
  "restrict to many": 1,
  "restrict to a new group": 1,
  "remove a group that restricts": 1,
  "lift restrictions": 3,
  "move below something restricted": 3,
  "move something restricted": 3,
  "archive something restricted": 1.5,
  "unarchive something restricted": 1,
  "trash something restricted": 2,
  "restore something restricted": 1.5,
}
