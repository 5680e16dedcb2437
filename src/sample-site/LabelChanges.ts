/** Changes to the labels of a sample site, and to its levels of classification, on top of those to its content. */
import { levelOf } from "./classificationLevels.ts"
import { ContentChanges } from "./ContentChanges.ts"
import type { LabelledKind, SiteLabel } from "./labels.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"

interface LabelDetails {
  readonly name: string
  readonly prefix?: string
}

export class LabelChanges extends ContentChanges {
  /** Puts a label on a page, blog post or attachment; one that there is not yet is made. Answers the label's id. This creates no version. */
  addLabel(contentId: string, { name, prefix = "global" }: LabelDetails): string {
    const { kind, ordinal } = this.labelled(contentId)
    const { id } = this.labels.named(name, prefix)
    this.labels.add(kind, ordinal, id)
    return id
  }

  removeLabel(contentId: string, details: LabelDetails): void {
    const { kind, ordinal } = this.labelled(contentId)
    this.takeOff(kind, ordinal, contentId, details)
  }

  /** Puts a label on a space; those of everybody (`global`) are in no list of the space. */
  labelSpace(spaceId: string, { name, prefix = "team" }: LabelDetails): string {
    const { id } = this.labels.named(name, prefix)
    this.labels.add("space", this.space(spaceId).index, id)
    return id
  }

  unlabelSpace(spaceId: string, { prefix = "team", ...details }: LabelDetails): void {
    this.takeOff("space", this.space(spaceId).index, spaceId, { ...details, prefix })
  }

  /** The label is gone from the site, and from all that carries it. */
  deleteLabel(id: string): void {
    if (this.labels.byId(id) === undefined) throw new ImpossibleChange(`there is no label with the id ${id}`)
    this.labels.delete(id)
  }

  /** Defines one more level of classification and answers its id. */
  addLevel({ name = "New level", color = "PURPLE" }: { readonly name?: string; readonly color?: string } = {}): string {
    const level = levelOf(this.plan.seed, this.levels.length, ["PUBLISHED", name, color, ""])
    this.levels.push(level)
    return level.id
  }

  renameLevel(id: string, { name }: { readonly name: string }): void {
    this.level(id).name = name
  }

  /** A level is never deleted, only archived. */
  archiveLevel(id: string): void {
    this.level(id).status = "ARCHIVED"
  }

  private level(id: string) {
    const level = this.levels.find((each) => each.id === id)
    if (level === undefined) throw new ImpossibleChange(`there is no level of classification with the id ${id}`)
    return level
  }

  private takeOff(kind: LabelledKind, ordinal: number, id: string, { name, prefix = "global" }: LabelDetails): void {
    const label: SiteLabel | undefined = this.labels.find(name, prefix)
    if (label === undefined || !this.labels.remove(kind, ordinal, label.id))
      throw new ImpossibleChange(`${id} does not carry the label ${prefix}:${name}`)
  }

  private labelled(id: string): { readonly kind: "page" | "blogpost" | "attachment"; readonly ordinal: number } {
    const file = this.ordinalOf("attachment", id)
    if (id.startsWith("att") && file !== undefined && this.attachments.get(file)?.gone === false)
      return { kind: "attachment", ordinal: file }
    const { kind, item } = this.content(id)
    return { kind, ordinal: item.ordinal }
  }
}
