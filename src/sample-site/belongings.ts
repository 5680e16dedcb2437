/** What a sample site has beside its content and people: properties of its spaces, templates, tasks, and the audit log. */
import { AuditLog } from "./auditLog.ts"
import type { SitePlan } from "./options.ts"
import type { SiteUser } from "./people.ts"
import { SpaceProperties } from "./spaceProperties.ts"
import { Tasks } from "./tasks.ts"
import { Templates } from "./templates.ts"

export class Belongings {
  readonly properties: SpaceProperties
  readonly templates: Templates
  readonly tasks: Tasks
  readonly audit: AuditLog

  /** `users`: those of the start. */
  constructor({ seed, pages, blogPosts }: SitePlan, users: readonly SiteUser[]) {
    const accountIds = users.map(({ accountId }) => accountId)
    this.properties = new SpaceProperties(seed, accountIds)
    this.templates = new Templates(seed)
    this.audit = new AuditLog(seed, Math.min(4000, 40 + Math.round(pages / 4)), [...users])
    const count = Math.round((pages + blogPosts) / 3)
    this.tasks = new Tasks({ seed, count, accountIds, pageCount: pages, blogPostCount: blogPosts })
  }
}
