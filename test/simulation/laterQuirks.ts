/**
 * Answers to doubts that came to the simulation after its first ones. Each is drawn by a chance of its own, so that whatever else happens in
 * the history of a seed is the same with these and without.
 */
import type { Quirks } from "../../src/sample-site/quirks.ts"
import { hash32 } from "../../src/sample-site/seededChance.ts"
import { Chance } from "./chance.ts"
import type { History } from "./history.ts"

const usually =
  <A>(share: number, usual: A, ...others: ReadonlyArray<A>) =>
  (chance: Chance): A =>
    chance.happens(share) ? usual : chance.of(others)

/** How each is drawn. Where the site does not tell the restrictions of some content, their stream cannot be complete: that is rare. */
export const LATER_QUIRKS = {
  restrictionsOfTree: usually<Quirks["restrictionsOfTree"]>(0.92, "200", "404"),
  restrictionsOfArchived: usually<Quirks["restrictionsOfArchived"]>(0.92, "200", "404"),
  restrictionsOfTrashed: usually<Quirks["restrictionsOfTrashed"]>(0.92, "200", "404"),
  restrictionsOfHidden: usually<Quirks["restrictionsOfHidden"]>(0.6, "404", "403"),
  restrictionShape: usually<Quirks["restrictionShape"]>(0.7, "direct", "envelope"),
  deletedPrincipals: usually<Quirks["deletedPrincipals"]>(0.6, "named", "left out"),
  mostExpandedHits: usually<Quirks["mostExpandedHits"]>(0.7, 200, 50),
  permissionsBesideRoles: usually<Quirks["permissionsBesideRoles"]>(0.6, true, false),
  roleMode: usually<Quirks["roleMode"]>(0.6, "ROLES", "ROLES_TRANSITION", "PRE_ROLES"),
  tellsRoleMode: usually<Quirks["tellsRoleMode"]>(0.8, true, false),
  listsWithoutRoles: usually<Quirks["listsWithoutRoles"]>(0.4, "404", "501", "403", "empty"),
  organizationLists: usually<Quirks["organizationLists"]>(
    0.3,
    "all",
    "search",
    "directories",
    "each directory",
    "managed",
  ),
  organizationRefusal: usually<Quirks["organizationRefusal"]>(0.4, "404", "400", "403", "410"),
  organizationNext: usually<Quirks["organizationNext"]>(0.6, "cursor", "address"),
} satisfies { readonly [K in keyof Quirks]?: (chance: Chance) => Quirks[K] }

const saltOf = (name: string): number => [...name].reduce((salt, letter) => hash32(salt, letter.charCodeAt(0), 0), 7007)

/** The history on a site that gives these answers, and whose organization the config names in half of them. */
export const withQuirks = (history: History): History => {
  const { settings = {} } = history.site
  const drawn = Object.entries(LATER_QUIRKS).map(([name, draw]) => [
    name,
    draw(new Chance(hash32(history.seed, saltOf(name), 0))),
  ])
  const quirks = { ...settings.quirks, ...(Object.fromEntries(drawn) as Partial<Quirks>) }
  const organization = new Chance(hash32(history.seed, saltOf("organization"), 0)).happens(0.5)
  return { ...history, site: { ...history.site, organization, settings: { ...settings, quirks } } }
}
