/** Whom the failure of an endpoint may concern: of each that faults are drawn of, the judge knows it. */
import { describe, expect, test } from "vitest"
import { dependentsOf } from "./drawnFaults.ts"
import { LATER } from "./laterDraws.ts"

describe("a refused endpoint", () => {
  for (const { streams, endpoints, listsOfOne = [] } of LATER) {
    for (const path of [...endpoints, ...listsOfOne]) {
      test(`concerns some streams and not all: ${path}`, () => {
        const dependents = dependentsOf(path)
        expect(dependents).toBeDefined()
        for (const stream of streams) if (endpoints.length === 1) expect(dependents).toContain(stream)
      })
    }
  }
})
