/** What a sample site has beside its content and people: properties of its spaces, and templates. */
import { SpaceProperties } from "./spaceProperties.ts"
import { Templates } from "./templates.ts"

export class Belongings {
  readonly properties: SpaceProperties
  readonly templates: Templates

  /** `accountIds`: of the users at the start. */
  constructor(seed: number, accountIds: readonly string[]) {
    this.properties = new SpaceProperties(seed, accountIds)
    this.templates = new Templates(seed)
  }
}
