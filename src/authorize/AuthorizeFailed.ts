/** Why authorizing came to nothing, when it was neither the config nor Atlassian's API: one sentence for the person. */
import { Data } from "effect"

export class AuthorizeFailed extends Data.TaggedError("AuthorizeFailed")<{ readonly message: string }> {}

/** Most characters of a text of somebody else's that a sentence repeats. */
const LONGEST_QUOTE = 200

/**
 * A text from outside as a terminal may show it: on one line, without control or direction characters, not too long; an ellipsis
 * tells that it goes on.
 */
export const quotable = (text: string): string => {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
  return line.length <= LONGEST_QUOTE ? line : `${line.slice(0, LONGEST_QUOTE)}…`
}
