/** Templates: those of the site, those of its spaces, and those that blueprints bring. */
import { SPACES } from "../../site/siteLists.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { ONE_ROW } from "../kinds/lists.ts"
import { TEMPLATES, readTemplates } from "../readTemplates.ts"

export const templates: StreamDefinition = {
  name: "templates",
  primaryKey: ["templateId"],
  syncModes: ["full_refresh"],
  endpoints: [...TEMPLATES, SPACES],
  probes: [
    ...TEMPLATES.map((endpoint) => ({ endpoint, query: [ONE_ROW] })),
    { endpoint: SPACES, query: [ONE_ROW], without: "spaces cannot be listed, so only the site's templates are read" },
  ],
  filteredAs: "ofSpace",
  read: readTemplates,
}
