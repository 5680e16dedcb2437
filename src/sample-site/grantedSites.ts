/** `GET /oauth/token/accessible-resources`: the sites that an access token opens, as Atlassian's gateway lists them. */
import { type Answer, json } from "./answers.ts"
import { unknownToken } from "./credentials.ts"
import { type BearerState, OFFLINE_ACCESS } from "./Grants.ts"
import type { ConfluenceSite } from "./options.ts"
import type { Quirks } from "./quirks.ts"

/** What Atlassian's own example shows. */
const AVATAR_URL = "https://site-admin-avatar-cdn.prod.public.atl-paas.net/avatars/240/flag.png"

const JIRA_SCOPES = ["read:jira-work", "read:jira-user"]

/** Sites in the order in which they are listed. */
export const sitesByName = (sites: readonly ConfluenceSite[]): readonly ConfluenceSite[] =>
  sites.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** The list for what an access token stands for. With `listsJiraToo` each site comes once more, first, as one of Jira. */
export const answerAccessibleResources = (
  held: BearerState,
  sites: readonly ConfluenceSite[],
  { listsJiraToo, listsSitesOfServiceAccounts }: Quirks,
): Answer => {
  if (typeof held === "string") return unknownToken()
  const scopes = held.scopes.filter((scope) => scope !== OFFLINE_ACCESS)
  const rows = sites
    .filter(
      ({ id }) => held.siteIds.includes(id) && (listsSitesOfServiceAccounts || held.grantType !== "client_credentials"),
    )
    .flatMap(({ id, url, name }) =>
      [...(listsJiraToo ? [JIRA_SCOPES] : []), scopes].map((listed) => ({
        id,
        url,
        name,
        scopes: listed,
        avatarUrl: AVATAR_URL,
      })),
    )
  return { ...json(200, rows), rows: rows.length }
}
