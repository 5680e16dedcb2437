/** Changes to the custom content of a sample site, on top of those to its pages, comments and attachments. */
import { ChildChanges } from "./ChildChanges.ts"
import { CUSTOM_TYPES, type CustomContainer, type CustomItem, customContentId } from "./customContent.ts"
import type { SiteUser } from "./people.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"
import type { NewVersion } from "./TreeChanges.ts"

export class CustomContentChanges extends ChildChanges {
  /** Adds custom content to a page, a blog post, a space or other custom content and answers its id. */
  addCustomContent(
    containerId: string,
    details: { readonly type?: string; readonly title?: string; readonly body?: string } = {},
  ): string {
    const container = this.customContainer(containerId)
    const type = details.type ?? CUSTOM_TYPES[0].name
    if (!this.customContent.knows(type)) throw new ImpossibleChange(`there is no type ${type} of custom content`)
    const at = this.siteTime()
    const authorId = (this.users[0] as SiteUser).accountId
    return this.customContent.items.add((ordinal): CustomItem => ({
      ordinal,
      id: customContentId(ordinal),
      title: details.title ?? `New custom content ${ordinal}`,
      space: -1,
      type,
      container,
      status: "current",
      authorId,
      createdAt: at,
      version: { number: 1, at, message: "", minorEdit: false, authorId },
      gone: false,
      body: details.body,
    })).id
  }

  editCustomContent(id: string, details: NewVersion & { readonly title?: string; readonly body?: string } = {}): void {
    this.alterCustomContent(id, (item) => {
      item.title = details.title ?? item.title
      item.body = details.body
      this.newVersion(item, details)
    })
  }

  /** Hangs custom content on something else: a page, a blog post, a space or other custom content. */
  moveCustomContent(id: string, details: { readonly containerId: string }): void {
    const container = this.customContainer(details.containerId)
    for (let above: CustomContainer | undefined = container; above?.type === "custom-content";) {
      const item: CustomItem | undefined = this.customContent.items.get(above.ordinal)
      if (item?.id === id) throw new ImpossibleChange(`custom content ${id} cannot hang on itself`)
      above = item?.container
    }
    this.alterCustomContent(id, (item) => this.silently(item, () => (item.container = container)))
  }

  trashCustomContent(id: string): void {
    this.alterCustomContent(id, (item) => this.silently(item, () => (item.status = "trashed")))
  }

  restoreCustomContent(id: string): void {
    this.alterCustomContent(id, (item) => this.silently(item, () => (item.status = "current")))
  }

  /** Deletes custom content for good, with what hangs on it. */
  purgeCustomContent(id: string): void {
    this.alterCustomContent(id, (item) => (item.gone = true))
  }

  /** The body of custom content cannot be rendered from now on: what would hold it fails. */
  poisonCustomContent(id: string): void {
    this.alterCustomContent(id, (item) => (item.poisoned = true))
  }

  /** Its body can be rendered again. */
  healCustomContent(id: string): void {
    this.alterCustomContent(id, (item) => (item.poisoned = false))
  }

  /** Takes the app away that brings a type: the site no longer knows it, nor shows what it was of. */
  removeCustomType(type: string): void {
    if (!this.customContent.knows(type)) throw new ImpossibleChange(`there is no type ${type} of custom content`)
    this.customContent.unknownTypes.add(type)
  }

  /** Brings the app back, and with it what was of the type. */
  restoreCustomType(type: string): void {
    if (!this.customContent.unknownTypes.delete(type)) throw new ImpossibleChange(`the type ${type} was not removed`)
  }

  private customContainer(id: string): CustomContainer {
    const above = this.customContent.byId(id)
    if (above !== undefined && this.customContent.fateOf(above, "user").place !== "gone")
      return { type: "custom-content", ordinal: above.ordinal }
    const space = this.spaceById(id)
    if (space !== undefined && !space.deleted) return { type: "space", ordinal: space.index }
    const { type, ordinal } = this.placed(id)
    if (type !== "page" && type !== "blogpost")
      throw new ImpossibleChange(`custom content cannot hang on the ${type} ${id}`)
    return { type, ordinal }
  }

  private alterCustomContent(id: string, how: (item: CustomItem) => void): void {
    const item = this.customContent.byId(id)
    if (item === undefined || item.gone) throw new ImpossibleChange(`there is no custom content with the id ${id}`)
    this.customContent.items.change(item.ordinal, how)
  }
}
