/** A space that comes without its id while spaces are listed costs its content nothing: the list is asked once more. */
import { expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { Connection, STREAMS } from "../support/Connection.ts"
import { errorsOf, Simulation } from "../support/inProcess.ts"

const NO_IDS: ReadonlyArray<Partial<Fault>> = [{ value: [] }, { value: null }, { value: true }, {}]

for (const streams of [STREAMS, ["spaces", ...STREAMS]]) {
  for (const odd of NO_IDS) {
    const told = "value" in odd ? `the id ${JSON.stringify(odd.value)}` : "no id"
    test(`all content arrives where a space has ${told} once, in a sync of ${streams[0]} and others`, async () => {
      for (const after of [0, 1]) {
        const connection = new Connection(new Simulation({ seed: 73, pages: 80, spaces: 7 }))
        const fault = { kind: "odd-row", path: "/wiki/api/v2/spaces", field: "id", after, times: 1, ...odd } as Fault
        connection.simulation.site.setFaults([fault])
        const ran = await connection.sync({ streams })
        expect(errorsOf(ran)).toEqual([])
        connection.expectTruth()
      }
    })
  }
}
