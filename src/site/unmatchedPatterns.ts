/** Patterns of spaces, in filters, that match nothing: mostly slips of the pen. */
import type { Scope } from "./Scope.ts"
import type { Space } from "./siteLists.ts"

/** A sentence for each pattern that matches no space, with the key that was probably meant. */
export const unmatchedPatterns = (scope: Scope, spaces: ReadonlyArray<Space>): ReadonlyArray<string> =>
  scope.unmatched(spaces).map(({ setting, pattern }) => {
    const meant = spaces.find(({ key }) => key.toLowerCase() === pattern.toLowerCase())
    const hint = meant === undefined ? "" : ` Did you mean "${meant.key}"? Capitals count.`
    return `"${pattern}" in ${setting} matches no space that the account sees.${hint}`
  })
