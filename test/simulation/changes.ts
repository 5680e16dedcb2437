/**
 * What people do to a site between and during syncs. A change names its kind and a draw; the draw chooses what it happens
 * to by rendezvous: each candidate is hashed with it and the highest wins. So a change mostly hits the same thing when
 * others are left out of a history, which is how a failing history is made short.
 */
import { type PlacedItem, TREE_TYPES } from "../../src/sample-site/contentTypes.ts"
import { CUSTOM_TYPES } from "../../src/sample-site/customContent.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { pick } from "../../src/sample-site/seededChance.ts"
import { ImpossibleChange } from "../../src/sample-site/SpaceChanges.ts"
import { Act } from "./Act.ts"
import { CHILD_CHANGES } from "./childChanges.ts"
import { RESTRICTION_CHANGES } from "./restrictionChanges.ts"

export interface Change {
  readonly kind: ChangeKind
  readonly draw: number
}

const isTrashed = (item: PlacedItem) => item.status === "trashed"
const isCurrent = (item: PlacedItem) => item.status === "current"

/** Every kind of change. */
const CHANGES = {
  edit: (act) => act.site.edit(act.any(), { body: act.body() }),
  "edit without a new text": (act) => act.site.edit(act.any(), { minorEdit: true }),
  "edit twice": (act) => {
    const id = act.any()
    act.site.edit(id, { body: act.body(1) })
    act.site.edit(id, { body: act.body(2) })
  },
  "edit two at once": (act) => {
    act.site.edit(act.any(), { body: act.body(1) })
    act.site.edit(act.any(undefined, 1), { body: act.body(2) })
  },
  rename: (act) => act.site.rename(act.any(), { title: `Renamed ${act.text(1)}` }),
  "create a page": (act) => {
    const spaceId = act.space()
    act.site.create({ spaceId, title: `New ${act.text(2)}`, body: act.body() })
  },
  "create a page below another": (act) => {
    act.site.create({ parentId: act.page((item) => item.status === "current"), title: `Below ${act.text(2)}` })
  },
  "create a blog post": (act) => {
    act.site.create({ type: "blogpost", spaceId: act.space(), title: `News ${act.text(2)}`, body: act.body() })
  },
  move: (act) => act.site.move(act.page(), { parentId: act.page(undefined, 1) }),
  "move to another space": (act) => act.site.move(act.page(), { spaceId: act.space() }),
  "move and edit": (act) => {
    const id = act.page()
    act.site.move(id, { spaceId: act.space() })
    act.site.edit(id, { body: act.body() })
  },
  "edit and move": (act) => {
    const id = act.page()
    act.site.edit(id, { body: act.body() })
    act.site.move(id, { parentId: null })
  },
  archive: (act) => act.site.archive(act.page((item) => item.status === "current")),
  unarchive: (act) => act.site.unarchive(act.page((item) => item.status === "archived")),
  trash: (act) => act.site.trash(act.any()),
  restore: (act) => act.site.restore(act.any(isTrashed)),
  "trash and restore": (act) => {
    const id = act.any((item) => item.status === "current")
    act.site.trash(id)
    act.site.restore(id)
  },
  "purge from the trash": (act) => act.site.purge(act.any(isTrashed)),
  "trash and purge": (act) => {
    const id = act.any()
    act.site.trash(id)
    act.site.purge(id)
  },
  restrict: (act) => act.site.restrict(act.any((item) => !item.restricted)),
  reveal: (act) => act.site.reveal(act.any((item) => item.restricted)),
  "create a tree item": (act) => {
    const place = act.number(5, 2) === 0 ? { spaceId: act.space() } : { parentId: act.page(isCurrent) }
    act.site.create({ type: pick(TREE_TYPES, act.number(6, 4)), title: `New ${act.text(2)}`, ...place })
  },
  "create a page below a tree item": (act) => {
    act.site.create({ parentId: act.treeItem(isCurrent), title: `Below ${act.text(2)}` })
  },
  "move below a tree item": (act) => act.site.move(act.page(), { parentId: act.treeItem() }),
  "move a tree item": (act) => {
    const parentId = act.number(5, 2) === 0 ? act.treeItem(undefined, 1) : act.page(undefined, 1)
    act.site.move(act.treeItem(), { parentId })
  },
  "move a tree item to another space": (act) => act.site.move(act.treeItem(), { spaceId: act.space() }),
  "rename a tree item": (act) => act.site.rename(act.treeItem(), { title: `Renamed ${act.text(1)}` }),
  "archive a tree item": (act) => act.site.archive(act.treeItem(isCurrent)),
  "unarchive a tree item": (act) => act.site.unarchive(act.treeItem((item) => item.status === "archived")),
  "trash a tree item": (act) => act.site.trash(act.treeItem()),
  "restore a tree item": (act) => act.site.restore(act.treeItem(isTrashed)),
  "purge a tree item": (act) => act.site.purge(act.treeItem(isTrashed)),
  "restrict a tree item": (act) => act.site.restrict(act.treeItem((item) => !item.restricted)),
  "reveal a tree item": (act) => act.site.reveal(act.treeItem((item) => item.restricted)),
  "add a comment": (act) => {
    const type = act.number(3, 2) === 0 ? "footer" : "inline"
    act.site.addComment(act.any(), { type, body: act.body() })
  },
  reply: (act) => {
    const parent = act.comment(() => true)
    const type = parent.kind === "inline-comment" ? "inline" : "footer"
    act.site.addComment(parent.container, { type, parentCommentId: parent.id, body: act.body() })
  },
  "edit a comment": (act) => act.site.editComment(act.comment(() => true).id, { body: act.body() }),
  "delete a comment": (act) => act.site.deleteComment(act.comment(() => true).id),
  "resolve a comment": (act) => {
    // Lists of replies do not tell who resolved one.
    const { id } = act.comment((kind, item) => kind === "inline-comment" && item.parentOrdinal === null)
    act.site.resolveComment(id, {
      status: pick(["resolved", "reopened", "dangling", "open"] as const, act.number(4, 4)),
    })
  },
  attach: (act) => {
    act.site.addAttachment(act.any(), { title: `file ${act.text(1)}.txt` })
  },
  "attach a new version": (act) => act.site.newAttachmentVersion(act.attachment()),
  "trash an attachment": (act) => act.site.trashAttachment(act.attachment()),
  "restore an attachment": (act) => act.site.restoreAttachment(act.attachment("trashed")),
  "purge an attachment": (act) => act.site.purgeAttachment(act.attachment("any")),
  "add custom content": (act) => {
    const type = pick(CUSTOM_TYPES, act.number(6, CUSTOM_TYPES.length)).name
    act.site.addCustomContent(act.customContainer(), { type, title: `New ${act.text(2)}`, body: act.body() })
  },
  "edit custom content": (act) => act.site.editCustomContent(act.customContent(), { body: act.body() }),
  "move custom content": (act) => {
    act.site.moveCustomContent(act.customContent(), { containerId: act.customContainer() })
  },
  "trash custom content": (act) => act.site.trashCustomContent(act.customContent()),
  "restore custom content": (act) =>
    act.site.restoreCustomContent(act.customContent(({ status }) => status === "trashed")),
  "purge custom content": (act) => act.site.purgeCustomContent(act.customContent(() => true)),
  "take an app away": (act) => act.site.removeCustomType(pick(CUSTOM_TYPES, act.number(6, CUSTOM_TYPES.length)).name),
  "bring an app back": (act) => {
    const [type] = act.site.customContent.unknownTypes
    if (type !== undefined) act.site.restoreCustomType(type)
  },
  "create a space": (act) => {
    const spaceId = act.site.createSpace({ name: `Space ${act.text(1)}` })
    act.site.create({ spaceId, title: "Home", body: act.body() })
  },
  "delete a space": (act) => act.site.deleteSpace(act.space(({ index }) => index > 0)),
  "archive a space": (act) => act.site.archiveSpace(act.space(({ status }) => status === "current")),
  "restore a space": (act) => act.site.restoreSpace(act.space(({ status }) => status === "archived")),
  "hide a space": (act) => act.site.hideSpace(act.space(({ hidden }) => !hidden)),
  "reveal a space": (act) => act.site.revealSpace(act.space(({ hidden }) => hidden)),
  "rename a space": (act) => act.site.renameSpace(act.space(), { name: `Renamed ${act.text(1)}` }),
  "add a user": (act) => {
    act.site.addUser()
  },
  "rename a user": (act) => act.site.renameUser(act.user(), { name: act.text(1) }),
  "deactivate a user": (act) => act.site.deactivateUser(act.user()),
  "reactivate a user": (act) => act.site.reactivateUser(act.user()),
  "add a group": (act) => {
    act.site.addGroup()
  },
  "rename a group": (act) => act.site.renameGroup(act.group(), { name: act.text(1) }),
  "remove a group": (act) => act.site.removeGroup(act.group()),
  "add a member": (act) => act.site.addMember(act.group(), { accountId: act.user() }),
  "remove a member": (act) => act.site.removeMember(act.group(), { accountId: act.user() }),
  "grant a permission": (act) => {
    act.site.grantPermission(act.space(), { principalId: act.user(), key: "read" })
  },
  "revoke a permission": (act) => {
    const spaceId = act.space()
    act.site.revokePermission(spaceId, { permissionId: act.permission(spaceId) })
  },
  "assign a role": (act) => act.site.assignRole(act.space(), { roleId: act.role(), principalId: act.user() }),
  "take a role back": (act) => {
    const spaceId = act.space()
    act.site.unassignRole(spaceId, act.assignment(spaceId))
  },
  "add a role": (act) => {
    act.site.addRole({ name: act.text(1) })
  },
  "remove a role": (act) => act.site.removeRole(act.role()),
  "set a space's property": (act) => {
    act.site.setSpaceProperty(act.space(), { key: `key-${act.number(1, 3)}`, value: act.text(2) })
  },
  "remove a space's property": (act) => {
    const spaceId = act.space()
    act.site.removeSpaceProperty(spaceId, { key: act.property(spaceId) })
  },
  "add a template": (act) => {
    act.site.addTemplate({ spaceId: act.space(), name: `Template ${act.text(1)}`, body: act.body() })
  },
  "customize a blueprint": (act) => {
    act.site.customizeBlueprint(act.blueprint(), { spaceId: act.space() })
  },
  "edit a template": (act) =>
    act.site.editTemplate(act.template(), { name: `Edited ${act.text(1)}`, body: act.body() }),
  "add a task": (act) => {
    act.site.addTask(act.any(), { body: act.number(1, 4) === 0 ? "" : act.text(2), assignedTo: act.user() })
  },
  "edit a task": (act) => act.site.editTask(act.task(), { body: act.text(1) }),
  "complete a task": (act) => act.site.completeTask(act.task()),
  "remove a task": (act) => act.site.removeTask(act.task()),
  "remove a template": (act) => act.site.removeTemplate(act.template()),
  "write an audit record": (act) => act.site.addAuditRecord({ summary: act.text(1) }),
  "write an audit record late": (act) =>
    act.site.addAuditRecord({ summary: act.text(1), ageMs: act.number(2, 1200) * 1000 }),
  "repeat an audit record": (act) => act.site.repeatAuditRecord(),
  "label a space": (act) => {
    act.site.labelSpace(act.space(), act.newLabel())
  },
  "take a label off a space": (act) => {
    const spaceId = act.space()
    act.site.unlabelSpace(spaceId, act.labelOn("space", spaceId))
  },
  "label content": (act) => {
    act.site.addLabel(act.labelled().id, act.newLabel())
  },
  "take a label off content": (act) => {
    const { kind, id } = act.labelled(true)
    act.site.removeLabel(id, act.labelOn(kind, id))
  },
  "delete a label": (act) => act.site.deleteLabel(act.label().id),
  "define a level": (act) => {
    act.site.addLevel({ name: act.text(1) })
  },
  "rename a level": (act) => act.site.renameLevel(act.level(), { name: act.text(1) }),
  "archive a level": (act) => act.site.archiveLevel(act.level()),
  "hide many spaces": (act) => act.site.set({ hiddenSpaceShare: pick([0.3, 0.5, 0.6, 0.8], act.number(1, 4)) }),
  "show all spaces": (act) => act.site.set({ hiddenSpaceShare: 0 }),
  "edit with a date ahead": (act) => {
    const aheadMs = pick([10, 365], act.number(1, 2)) * 86_400_000
    if (act.number(2, 3) > 0) act.site.edit(act.any(), { body: act.body(), aheadMs })
    else if (act.number(3, 2) > 0) act.site.editComment(act.comment(() => true).id, { body: act.body(), aheadMs })
    else act.site.newAttachmentVersion(act.attachment(), { aheadMs })
  },
  poison: (act) => act.site.poison(act.any((item) => item.poisoned !== true)),
  heal: (act) => act.site.heal(act.any((item) => item.poisoned === true)),
  "poison a comment": (act) => act.site.poisonComment(act.comment((_, item) => item.poisoned !== true).id),
  "heal a comment": (act) => act.site.healComment(act.comment((_, item) => item.poisoned === true).id),
  "end the access tokens": (act) => {
    act.site.expireAccessTokens()
  },
  ...RESTRICTION_CHANGES,
  ...CHILD_CHANGES,
} satisfies Readonly<Record<string, (act: Act) => void>>

export type ChangeKind = keyof typeof CHANGES

/** Carries out a change; false where the site has nothing that it could happen to. */
export const carryOut = (site: SampleSite, { kind, draw }: Change): boolean => {
  try {
    CHANGES[kind](new Act(site, draw))
    // Administrators do much of this, and the audit log has it.
    if (!kind.includes("audit record")) site.addAuditRecord({ summary: kind })
    return true
  } catch (error) {
    if (error instanceof ImpossibleChange) return false
    throw error
  }
}
