/**
 * The levels of classification that the organization has defined. An edition without them says so (404, 501): then there are none, which
 * is no failure. A refusal (403, a scope) is one.
 */
import { Effect } from "effect"
import { saysAbsent } from "../../confluence/errors.ts"
import type { Endpoint } from "../../confluence/scopes.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { siteList } from "../kinds/siteList.ts"

const LEVELS: Endpoint = {
  path: "/wiki/api/v2/classification-levels",
  scopes: [["read:configuration:confluence"]],
}

const whole = siteList({ name: "classification_levels", primaryKey: ["id"], endpoint: LEVELS, paging: "none" })

const isAbsence = (error: ReadFailure) =>
  (error._tag === "NotFound" || error._tag === "EndpointRemoved") && saysAbsent(error)

export const classificationLevels: StreamDefinition = {
  ...whole,
  probes: [{ endpoint: LEVELS, mayBeAbsent: true }],
  read: (pass) =>
    whole
      .read(pass)
      .pipe(
        Effect.catchIf(isAbsence, ({ message }) =>
          Effect.flatMap(Reporter, (reporter) =>
            reporter.log(
              "WARN",
              `${whole.name}: the site has no levels of classification, or an edition without them, so there are no rows. ${message}`,
            ),
          ),
        ),
      ),
}
