/**
 * The tasks of the sample site: boxes to tick on its pages and blog posts. Those of the start are computed when they are asked for;
 * only those that were changed or added are kept.
 */
import { type Container, containerFor } from "./comments.ts"
import { sentence } from "./prose.ts"
import { hash32, pick, seededUuid } from "./seededChance.ts"
import { BASE_DATE, FIRST_DATE } from "./spaces.ts"

/** A task. */
export interface SiteTask {
  readonly ordinal: number
  readonly id: string
  readonly localId: string
  readonly container: Container
  status: "complete" | "incomplete"
  /** Empty for a blank one. */
  body: string
  /** Its body cannot be rendered: what shall hold it fails. */
  poisoned?: boolean
  readonly createdBy: string
  assignedTo: string | undefined
  completedBy: string | undefined
  readonly createdAt: number
  updatedAt: number
  readonly dueAt: number | undefined
  completedAt: number | undefined
  gone: boolean
}

const TASK = 35
const FIRST_ID = 300_000_000
const DAY_MS = 86_400_000

/** What the generated tasks of one site depend on. */
export interface TaskSettings {
  readonly seed: number
  readonly count: number
  readonly accountIds: readonly string[]
  readonly pageCount: number
  readonly blogPostCount: number
}

/** The tasks of a site. */
export class Tasks {
  private readonly s: TaskSettings
  private readonly changed = new Map<number, SiteTask>()
  private added = 0

  constructor(settings: TaskSettings) {
    this.s = settings
  }

  /** How many there ever were. */
  get size(): number {
    return this.s.count + this.added
  }

  get(ordinal: number): SiteTask {
    return this.changed.get(ordinal) ?? this.generated(ordinal)
  }

  /** The task of an id, if it is there. */
  find(id: string): SiteTask | undefined {
    const ordinal = Number(id) - FIRST_ID
    if (!Number.isSafeInteger(ordinal) || ordinal < 0 || ordinal >= this.size) return undefined
    const task = this.get(ordinal)
    return task.gone ? undefined : task
  }

  change(ordinal: number, how: (task: SiteTask) => void): void {
    const task = { ...this.get(ordinal) }
    how(task)
    this.changed.set(ordinal, task)
  }

  /** Adds a task and answers its id. */
  add(container: Container, body: string, at: number, assignedTo: string | undefined): string {
    const ordinal = this.size
    this.added++
    const task: SiteTask = {
      ...this.generated(ordinal),
      container,
      status: "incomplete",
      body,
      assignedTo,
      completedBy: undefined,
      createdAt: at,
      updatedAt: at,
      dueAt: undefined,
      completedAt: undefined,
    }
    this.changed.set(ordinal, task)
    return task.id
  }

  private generated(ordinal: number): SiteTask {
    const { seed, count, accountIds } = this.s
    const hash = hash32(seed, TASK, ordinal)
    const span = BASE_DATE - FIRST_DATE
    const createdAt = FIRST_DATE + Math.floor((span * (ordinal + 1)) / (count + 1)) + (hash % 1000)
    const isComplete = hash % 3 === 0
    const completedAt = isComplete ? Math.min(BASE_DATE, createdAt + 1 + (hash % (90 * DAY_MS))) : undefined
    return {
      ordinal,
      id: String(FIRST_ID + ordinal),
      localId: (hash >>> 3) % 2 === 0 ? String(1 + (hash % 9)) : seededUuid(seed, TASK, ordinal),
      // A run of neighbours is of one page.
      container: containerFor(hash32(seed, TASK + 100, Math.floor(ordinal / 3)), ordinal, count, this.s),
      status: isComplete ? "complete" : "incomplete",
      body: hash % 11 === 0 ? "" : sentence(hash >>> 2),
      createdBy: pick(accountIds, hash >>> 4),
      assignedTo: hash % 4 === 0 ? undefined : pick(accountIds, hash >>> 6),
      completedBy: isComplete ? pick(accountIds, hash >>> 8) : undefined,
      createdAt,
      updatedAt: completedAt ?? createdAt,
      dueAt: hash % 5 < 2 ? createdAt + (hash % 60) * DAY_MS : undefined,
      completedAt,
      gone: false,
    }
  }
}
