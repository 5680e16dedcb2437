/** What becomes of an answer with a body that the site cannot give, or that is too long for it. */
import { type Answer, html } from "./answers.ts"
import type { SiteSettings } from "./options.ts"

/** The answer as it is given. `isSpoilt`: it would hold a body that the site cannot give. */
export const asGiven = (answer: Answer, isSpoilt: boolean, settings: SiteSettings): Answer => {
  const { longestAnswer, spoiltAnswer } = settings
  if (longestAnswer > 0 && answer.body.length > longestAnswer) return html(504, "Gateway time-out")
  if (!isSpoilt) return answer
  switch (spoiltAnswer) {
    case "500":
      return html(500, "Title must not be null or empty")
    case "hang":
      return { ...answer, abort: "hang" }
    case "cut":
      return { ...answer, abort: "truncate" }
    case "garbled":
      return { ...answer, body: Buffer.from(answer.body).subarray(0, Math.floor(answer.body.length / 2)) }
  }
}
