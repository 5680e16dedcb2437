/** The list of tasks of the sample site. */
import type { Answer } from "./answers.ts"
import { escapeXml } from "./bodies.ts"
import type { ByteWriter } from "./ByteWriter.ts"
import { TASKS } from "./listForms.ts"
import { bodyWish, type EndpointRequest, PagedLists } from "./PagedLists.ts"
import type { Parameters } from "./parameters.ts"
import type { BodyWish } from "./rows.ts"
import type { SiteContent, Viewer } from "./SiteContent.ts"
import type { SiteTask } from "./tasks.ts"

const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString())

const bodyOf = (text: string, format: string): string =>
  format === "storage"
    ? escapeXml(text)
    : JSON.stringify({
        type: "doc",
        version: 1,
        content: [{ type: "paragraph", content: text === "" ? [] : [{ type: "text", text }] }],
      })

/** A task as the list shows it, without what it does not have. */
export const taskV2 = (site: SiteContent, task: SiteTask, body: BodyWish | undefined): Record<string, unknown> => {
  const { container } = task
  const containerId = site.idOf(container.type, container.ordinal)
  const item = site.collection(container.type).get(container.ordinal)
  return {
    id: task.id,
    localId: task.localId,
    spaceId: item === undefined ? undefined : site.spaces[item.space]?.id,
    ...(container.type === "page" ? { pageId: containerId } : { blogPostId: containerId }),
    status: task.status,
    body:
      body === undefined
        ? {}
        : { [body.format]: { representation: body.format, value: bodyOf(task.body, body.format) } },
    createdBy: task.createdBy,
    assignedTo: task.assignedTo,
    completedBy: task.completedBy,
    createdAt: iso(task.createdAt),
    updatedAt: iso(task.updatedAt),
    dueAt: iso(task.dueAt),
    completedAt: iso(task.completedAt),
  }
}

/** Whether a viewer sees a task: that of live content, or by a quirk of content in the trash. */
export const taskShown = (
  site: SiteContent,
  { container, gone }: SiteTask,
  viewer: Viewer,
  inTrash: boolean,
): boolean => {
  const { place, visible } = site.containerFate(container, viewer)
  return !gone && visible && place !== "gone" && (place !== "trashed" || inTrash)
}

/** Answers the list of tasks of one site. */
export class TaskLists extends PagedLists {
  /** `GET /tasks`, in the order of creation. */
  tasks(request: EndpointRequest): Answer {
    const p = this.parameters(request, TASKS)
    const { after, before } = this.cursor(request)
    const { tasks } = this.site.belongings
    const limit = this.pageSize(p)
    const found: SiteTask[] = []
    let ordinal = after === undefined ? 0 : after.ordinal + 1
    for (; ordinal < tasks.size && found.length <= limit; ordinal++) {
      const task = tasks.get(ordinal)
      if (this.isWanted(p, task) && taskShown(this.site, task, request.viewer, this.site.settings.quirks.tasksInTrash))
        found.push(task)
    }
    const page = found.slice(0, limit)
    const next = found.length > limit ? { key: 0, ordinal: page[page.length - 1]!.ordinal } : undefined
    const body = bodyWish(p)
    return this.answerWithBodies(request, page, next, before, body, 700, (w: ByteWriter, task) =>
      w.text(JSON.stringify(taskV2(this.site, task, body)).slice(0, -1)),
    )
  }

  private isWanted(p: Parameters, task: SiteTask): boolean {
    const { container } = task
    const containerId = this.site.idOf(container.type, container.ordinal)
    const isOneOf = (name: string, value: string | undefined) => {
      const values = p.list(name)
      return values === undefined || (value !== undefined && values.includes(value))
    }
    const isWithin = (name: string, at: number | undefined) => {
      const [from, to] = [p.text(`${name}-from`), p.text(`${name}-to`)]
      if (from === undefined && to === undefined) return true
      return at !== undefined && at >= Number(from ?? 0) && at <= Number(to ?? Number.POSITIVE_INFINITY)
    }
    const status = p.text("status")
    const isOfContent = p.list("page-id") === undefined && p.list("blogpost-id") === undefined
    const named = p.list(container.type === "page" ? "page-id" : "blogpost-id") ?? []
    const space = this.site.collection(container.type).get(container.ordinal)?.space
    return (
      (status === undefined || status === task.status) &&
      (p.flag("include-blank-tasks", true) || task.body !== "") &&
      (isOfContent || named.includes(containerId)) &&
      isOneOf("task-id", task.id) &&
      isOneOf("space-id", space === undefined ? undefined : this.site.spaces[space]?.id) &&
      isOneOf("created-by", task.createdBy) &&
      isOneOf("assigned-to", task.assignedTo) &&
      isOneOf("completed-by", task.completedBy) &&
      isWithin("created-at", task.createdAt) &&
      isWithin("due-at", task.dueAt) &&
      isWithin("completed-at", task.completedAt)
    )
  }
}
