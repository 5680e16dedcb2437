/** What becomes of answers with bodies that a site cannot bear: one of their rows is poison, or all of it is too heavy. */
import { type Answer, html } from "./answers.ts"
import type { SiteSettings } from "./options.ts"

/** Longer than any client waits for an answer. */
const SLOW_MS = 600_000

/** The answer as it really comes, where it was asked for with bodies. */
export const withBodies = (
  answer: Answer,
  rows: readonly { readonly poisoned?: boolean }[],
  { heavyBytes, quirks }: SiteSettings,
): Answer => {
  if (rows.some(({ poisoned }) => poisoned === true)) return broken(answer, quirks.poisonAnswer)
  const weight = heavyBytes === 0 ? 0 : answer.body.length / heavyBytes
  if (weight <= 1) return answer
  if (quirks.heavyAnswer !== "all") return broken(answer, quirks.heavyAnswer)
  return broken(answer, weight > 3 ? "500" : weight > 2 ? "cut" : "slow")
}

const broken = (answer: Answer, how: "500" | "hang" | "cut" | "garbled" | "slow"): Answer => {
  switch (how) {
    case "500":
      return html(500, "Oops, an error occurred")
    case "hang":
      return { ...answer, abort: "hang" }
    case "cut":
      return { ...answer, abort: "truncate" }
    case "garbled":
      return { ...answer, body: Buffer.from(answer.body).subarray(0, Math.floor(answer.body.length * 0.6)) }
    case "slow":
      return { ...answer, dripMs: SLOW_MS }
  }
}
