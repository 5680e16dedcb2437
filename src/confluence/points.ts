/**
 * What an answer costs of the hourly quota that Atlassian counts for the apps of OAuth: a point for the request, one for each page,
 * space, attachment or other object in the answer, two where that is a user, a group or a permission. Requests with an API token are
 * exempt. (Atlassian's announcement of December 2025, CHANGE-2958.)
 */

const IDENTITIES = /\/(?:user|users-bulk|group|membersByGroupId|permissions)(?:$|\/)/

/** `path`: of the request, from the site's root; `body`: of a good answer. */
export const pointsOf = (path: string, body: unknown): number => {
  if (!path.startsWith("/wiki/")) return 0
  const { results } = (typeof body === "object" && body !== null ? body : {}) as { readonly results?: unknown }
  const objects = Array.isArray(results)
    ? results.length
    : typeof results === "object" && results !== null
      ? Object.keys(results).length
      : 1
  return 1 + objects * (IDENTITIES.test(path) ? 2 : 1)
}
