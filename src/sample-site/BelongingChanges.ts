/** Changes to what a sample site has beside its content and people, as apps and administrators make them. */
import { LabelChanges } from "./LabelChanges.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"
import type { SiteTask } from "./tasks.ts"
import type { Template } from "./templates.ts"

export class BelongingChanges extends LabelChanges {
  /** Gives a property of a space a value and answers the property's id; a new key makes a new property. */
  setSpaceProperty(spaceId: string, details: { readonly key: string; readonly value?: string }): string {
    const { key, value = "" } = details
    return this.belongings.properties.set(this.space(spaceId), key, value, this.siteTime())
  }

  removeSpaceProperty(spaceId: string, details: { readonly key: string }): void {
    if (!this.belongings.properties.remove(this.space(spaceId), details.key))
      throw new ImpossibleChange(`the space ${spaceId} has no property ${details.key}`)
  }

  /** Makes a template of the site, or of a space, and answers its id. */
  addTemplate(details: { readonly spaceId?: string; readonly name?: string; readonly body?: string } = {}): string {
    const space = details.spaceId === undefined ? undefined : this.space(details.spaceId)
    return this.belongings.templates.add(space, details.name ?? "New template", details.body)
  }

  /** Makes a blueprint's template a space's own and answers the id of that. */
  customizeBlueprint(templateId: string, details: { readonly spaceId: string }): string {
    const own = this.belongings.templates.customize(this.space(details.spaceId), templateId)
    if (own === undefined) throw new ImpossibleChange(`the site has no blueprint with the template ${templateId}`)
    return own
  }

  editTemplate(templateId: string, details: { readonly name?: string; readonly body?: string }): void {
    const template = this.template(templateId)
    if (details.name !== undefined) template.name = details.name
    if (details.body !== undefined) template.body = details.body
  }

  removeTemplate(templateId: string): void {
    this.belongings.templates.remove(this.spaces, this.template(templateId))
  }

  /** Puts a task on a page or blog post and answers its id; without a body it is a blank one. */
  addTask(containerId: string, details: { readonly body?: string; readonly assignedTo?: string } = {}): string {
    const { item } = this.content(containerId)
    const { body = "", assignedTo } = details
    return this.belongings.tasks.add({ type: item.type, ordinal: item.ordinal }, body, this.siteTime(), assignedTo)
  }

  editTask(id: string, details: { readonly body?: string; readonly assignedTo?: string }): void {
    this.alterTask(id, (task) => {
      task.body = details.body ?? task.body
      task.assignedTo = details.assignedTo ?? task.assignedTo
    })
  }

  completeTask(id: string): void {
    this.alterTask(id, (task) => {
      task.status = "complete"
      task.completedAt = this.siteTime()
      task.completedBy = this.users[0]!.accountId
    })
  }

  reopenTask(id: string): void {
    this.alterTask(id, (task) => {
      task.status = "incomplete"
      task.completedAt = undefined
      task.completedBy = undefined
    })
  }

  removeTask(id: string): void {
    this.alterTask(id, (task) => (task.gone = true))
  }

  /** The body of a task cannot be rendered from now on: what would hold it fails. */
  poisonTask(id: string): void {
    this.alterTask(id, (task) => (task.poisoned = true))
  }

  /** Its body can be rendered again. */
  healTask(id: string): void {
    this.alterTask(id, (task) => (task.poisoned = false))
  }

  /** Writes a record into the audit log, `ageMs` after what it tells of. */
  addAuditRecord(details: { readonly summary?: string; readonly about?: string; readonly ageMs?: number } = {}): void {
    const { summary = "Somebody looked around", about = "", ageMs = 0 } = details
    this.belongings.audit.write(this.siteTime() - ageMs, summary, about)
  }

  /** Writes the last record of the audit log once more, alike in every field. */
  repeatAuditRecord(): void {
    this.belongings.audit.repeat()
  }

  private alterTask(id: string, how: (task: SiteTask) => void): void {
    const found = this.belongings.tasks.find(id)
    if (found === undefined) throw new ImpossibleChange(`there is no task with the id ${id}`)
    this.belongings.tasks.change(found.ordinal, (task) => {
      how(task)
      task.updatedAt = this.siteTime()
    })
  }

  private template(id: string): Template {
    const template = this.belongings.templates.find(this.spaces, id)
    if (template === undefined) throw new ImpossibleChange(`there is no template with the id ${id}`)
    return template
  }
}
