/** What changes who can read what on a site: permissions, roles, people, groups, restrictions, and where content lies. */
import type { PlacedItem } from "../../src/sample-site/contentTypes.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { pick } from "../../src/sample-site/seededChance.ts"
import { ImpossibleChange } from "../../src/sample-site/SpaceChanges.ts"
import { Act } from "../simulation/Act.ts"

const CLASSES = ["anonymous-users", "all-licensed-users", "all-product-admins"] as const

const isCurrent = ({ status }: PlacedItem) => status === "current"

/** Any page, blog post, folder, whiteboard, database or embed. */
const any = (act: Act): string => (act.number(11, 2) === 0 ? act.any(isCurrent) : act.treeItem(isCurrent))

/** People, the credential's account among them three times in four: whom a restriction names. */
const somebody = (act: Act) => {
  const { users, groups } = act.site
  const draw = (salt: number) => pick(users, act.number(salt, 10_000)).accountId
  return {
    users: [...(act.number(12, 4) > 0 ? [users[0]!.accountId] : []), draw(13), draw(14)],
    groups: act.number(15, 2) === 0 ? [] : [pick(groups, act.number(16, 10_000)).id],
  }
}

/** A user, a group or a class of people. */
const principal = (act: Act): { readonly type: "user" | "group" | "access-class"; readonly id: string } => {
  const type = pick(["user", "group", "access-class"] as const, act.number(17, 3))
  const id = type === "user" ? act.user() : type === "group" ? act.group() : pick(CLASSES, act.number(18, 3))
  return { type, id }
}

/** Every kind of change. */
export const PERMISSION_CHANGES = {
  "grant reading": (act) => {
    const { type, id } = principal(act)
    act.site.grantPermission(act.space(), { principalType: type, principalId: id, key: "read" })
  },
  "grant something else": (act) => {
    act.site.grantPermission(act.space(), { principalId: act.user(), key: "administer" })
  },
  "take reading back": (act) => {
    const spaceId = act.space()
    const all = act.site.permissionsOf(act.site.spaceById(spaceId)!).filter(({ operation }) => operation.key === "read")
    const chosen = all[act.number(19, Math.max(1, all.length))]
    if (chosen !== undefined) act.site.revokePermission(spaceId, { permissionId: chosen.id })
  },
  "assign a role": (act) => {
    const { type, id } = principal(act)
    const principalType = type.toUpperCase().replace("-", "_")
    act.site.assignRole(act.space(), { roleId: act.role(), principalType, principalId: id })
  },
  "take a role back": (act) => {
    const spaceId = act.space()
    act.site.unassignRole(spaceId, act.assignment(spaceId))
  },
  "remove a role": (act) => act.site.removeRole(act.role()),
  "add a member": (act) => act.site.addMember(act.group(), { accountId: act.user() }),
  "remove a member": (act) => act.site.removeMember(act.group(), { accountId: act.user() }),
  "remove a group": (act) => act.site.removeGroup(act.group()),
  "a new group reads": (act) => {
    const id = act.site.addGroup()
    act.site.addMember(id, { accountId: act.user() })
    act.site.setRestriction(any(act), { groups: [id], users: [act.site.users[0]!.accountId] })
  },
  deactivate: (act) => act.site.deactivateUser(act.user()),
  reactivate: (act) => act.site.reactivateUser(act.user()),
  "restrict reading": (act) => act.site.setRestriction(any(act), somebody(act)),
  "restrict a folder": (act) =>
    act.site.setRestriction(
      act.treeItem((item) => item.type === "folder"),
      somebody(act),
    ),
  "restrict a homepage": (act) => {
    act.site.setRestriction(
      act.page((item) => isCurrent(item) && item.parentId === null),
      somebody(act),
    )
  },
  "restrict changing": (act) => act.site.setRestriction(any(act), { ...somebody(act), operation: "update" }),
  "open again": (act) => {
    const carriers = act.site.truth("content_restrictions").map(({ restrictedById }) => restrictedById as string)
    const chosen = carriers[act.number(20, Math.max(1, carriers.length))]
    if (chosen !== undefined) act.site.clearRestrictions(chosen)
  },
  "move below another": (act) => act.site.move(act.page(isCurrent), { parentId: act.page(isCurrent, 1) }),
  "move into a folder": (act) => act.site.move(act.page(isCurrent), { parentId: act.treeItem(isCurrent) }),
  "move below something restricted": (act) => {
    const carriers = act.site
      .truth("content_restrictions")
      .filter(({ contentType, inherited }) => contentType !== "blogpost" && inherited === false)
    const chosen = carriers[act.number(21, Math.max(1, carriers.length))]
    if (chosen !== undefined) act.site.move(act.page(isCurrent), { parentId: chosen["contentId"] as string })
  },
  "move to another space": (act) => act.site.move(act.page(isCurrent), { spaceId: act.space() }),
  "create below a folder": (act) => {
    act.site.create({ parentId: act.treeItem(isCurrent) })
  },
  archive: (act) => act.site.archive(act.page(isCurrent)),
  "trash a page": (act) => act.site.trash(act.page(isCurrent)),
  "trash a folder": (act) => act.site.trash(act.treeItem(isCurrent)),
  "archive a space": (act) => act.site.archiveSpace(act.space()),
} satisfies Readonly<Record<string, (act: Act) => void>>

export type PermissionChange = keyof typeof PERMISSION_CHANGES

/** Carries a change out; false where the site has nothing that it could happen to. */
export const change = (site: SampleSite, kind: PermissionChange, draw: number): boolean => {
  try {
    PERMISSION_CHANGES[kind](new Act(site, draw))
    return true
  } catch (error) {
    if (error instanceof ImpossibleChange) return false
    throw error
  }
}
