/** The judge can fail where filters are given: falsehoods about what they let in, each found by the rule that it breaks. */
import { describe, expect, test } from "vitest"
import {
  type Falsehood,
  falsified,
  first,
  historyOf,
  isDeadPage,
  isLivePage,
  isPagesState,
  none,
  told,
  TRASH,
  withData,
  withMessages,
} from "./falsehoods.ts"
import { runHistory } from "./runHistory.ts"
import type { Rule } from "./verdict.ts"
import { inProcess } from "./worlds.ts"

/** The clause of the sentence, the rule that is broken, and how. */
const FALSEHOODS: Readonly<Record<string, Falsehood & { readonly breaks: Rule }>> = {
  "a row that filters leave out by now stays": {
    breaks: "extra",
    config: { reconcile_interval_hours: -1 },
    round: { config: { filters: { include_archived: false } } },
    falsify: (result) => withMessages(result, first(isDeadPage, none)),
  },
  "a row that filters let in by now does not come": {
    breaks: "missing",
    config: { filters: { include_archived: false }, reconcile_interval_hours: -1 },
    round: { config: { filters: {} } },
    falsify: (result) => withMessages(result, first(isLivePage, none)),
  },
  "a row that filters leave out is said to be not visible": {
    breaks: "false reason",
    round: { config: { filters: { include_archived: false } } },
    falsify: (result) => withMessages(result, first(isDeadPage, withData({ deletionReason: "not_visible" }))),
  },
  "a row is said to be filtered although there are no filters": {
    breaks: "false reason",
    round: TRASH,
    falsify: (result) => withMessages(result, first(isDeadPage, withData({ deletionReason: "filtered" }))),
  },
  "a row that stayed inside is sent again because filters have changed": {
    breaks: "sent again",
    round: { config: { filters: { blog_post_ids_exclude: ["1"] } } },
    falsify: (result) =>
      withMessages(
        result,
        first(isPagesState, (state) => [told.unchanged!, state]),
      ),
  },
  "a row in the trash does not come although filters let it in": {
    breaks: "missing",
    round: { ...TRASH, config: { filters: { include_trashed: true } } },
    falsify: (result) => withMessages(result, (message) => (isLivePage(message) ? [] : [message])),
  },
}

describe("the judge of histories with filters", () => {
  for (const [what, { breaks, ...falsehood }] of Object.entries(FALSEHOODS)) {
    test(`finds it where ${what}`, async () => {
      told.unchanged = undefined
      const history = historyOf(falsehood, false)
      const honest = await runHistory(history, inProcess(history))
      expect(honest.violations).toEqual([])
      const { violations } = await runHistory(history, falsified(inProcess(history), falsehood))
      expect(violations.map(({ rule }) => rule)).toContain(breaks)
    })
  }
})
