/** A connection of the platform: syncs one after the other, each with the last states of the one before. */
import { expectTruth, merged } from "./destination.ts"
import { type Ran, type RunInput, type Simulation, statesOf } from "./inProcess.ts"

/** The streams that tell changes. */
export const STREAMS = ["pages", "blog_posts", "comments", "attachments"] as const

export class Connection {
  readonly runs: Array<Ran> = []
  readonly simulation: Simulation
  state: ReadonlyArray<unknown> = []
  constructor(simulation: Simulation) {
    this.simulation = simulation
  }
  async sync(input: RunInput = {}): Promise<Ran> {
    const before = this.simulation.exchanged.length
    const ran = await this.simulation.run("read", {
      streams: STREAMS,
      syncMode: "incremental",
      state: this.state,
      ...input,
    })
    this.requests = this.simulation.exchanged.length - before
    this.runs.push(ran)
    const states = new Map([...this.state, ...statesOf(ran)].map((state) => [nameOf(state), state]))
    this.state = [...states.values()]
    return ran
  }
  requests = 0
  expectTruth(): void {
    for (const stream of STREAMS) expectTruth(this.simulation, stream, merged(stream, this.runs))
  }
}
const nameOf = (state: unknown) =>
  (state as { stream: { stream_descriptor: { name: string } } }).stream.stream_descriptor.name
