/** What a sample site has beside its content and people: properties of its spaces, templates, and tasks. */
import type { SitePlan } from "./options.ts"
import { SpaceProperties } from "./spaceProperties.ts"
import { Tasks } from "./tasks.ts"
import { Templates } from "./templates.ts"

export class Belongings {
  readonly properties: SpaceProperties
  readonly templates: Templates
  readonly tasks: Tasks

  /** `accountIds`: of the users at the start. */
  constructor({ seed, pages, blogPosts }: SitePlan, accountIds: readonly string[]) {
    this.properties = new SpaceProperties(seed, accountIds)
    this.templates = new Templates(seed)
    const count = Math.round((pages + blogPosts) / 3)
    this.tasks = new Tasks({ seed, count, accountIds, pageCount: pages, blogPostCount: blogPosts })
  }
}
