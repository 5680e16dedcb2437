/** `authorize` as a process, as a person calls it. */
import type { ChildProcess } from "node:child_process"
import { type ConnectorRun, runConnector, type RunOptions } from "../support/runConnector.ts"

export interface AuthorizeProcess {
  /** Everything on stderr so far. */
  readonly said: () => string
  /** The first line that matches, as soon as it is said; fails when the process ends without it. */
  readonly hears: (line: RegExp) => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly run: Promise<ConnectorRun>
}

/** A line that is the address of the consent page. */
export const CONSENT = /^https?:\/\/\S+\/authorize\?\S+$/m
/** A line that is the address of the choice of a site. */
export const CHOICE = /^http:\/\/localhost:\d+\/site\/\S+$/m

export const startAuthorize = (args: ReadonlyArray<string>, options: RunOptions = {}): AuthorizeProcess => {
  let said = ""
  let child: ChildProcess | undefined
  const listeners = new Set<() => void>()
  const run = runConnector(["authorize", ...args], {
    plain: true,
    ...options,
    onStart: (started) => {
      child = started
      started.stderr!.on("data", (chunk: Buffer) => {
        said += chunk.toString()
        for (const listener of listeners) listener()
      })
    },
  })
  const hears = (line: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = () => {
        // A line is whole when the next one has begun.
        const found = line.exec(said.slice(0, said.lastIndexOf("\n") + 1))
        if (found !== null) resolve(found[0])
      }
      listeners.add(look)
      look()
      run.then(() => reject(new Error(`authorize ended without ${line}: ${said}`)), reject)
    })
  return { said: () => said, hears, kill: (signal) => void child!.kill(signal), run }
}
