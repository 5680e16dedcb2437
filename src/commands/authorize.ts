/**
 * `authorize`: gets an OAuth 2.0 refresh token by a browser, and writes a config that signs in with it.
 *
 * It is for a person at a terminal, not for the platform: all that it says is on stderr. Only with --no-browser, and where stdout
 * is no terminal, the address that is to be opened is there too, alone on its line, for a program. 0: the config has been
 * written. 1: it is as it was, and a sentence says why. SIGTERM and SIGINT end it at once, by that signal.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { authorize, type AuthorizeError } from "../authorize/authorize.ts"
import { openBrowser } from "../authorize/browser.ts"
import { prompt } from "../authorize/prompt.ts"
import { CALLBACK_PORT, type Invocation } from "../cli.ts"
import { proxySetting } from "../confluence/proxy.ts"
import { scopesFor } from "../confluence/scopes.ts"
import { Transport } from "../confluence/Transport.ts"
import { endpoints } from "../generated/endpoints.ts"
import { makeRedactor } from "../protocol/Redactor.ts"
import { endBy, interruptBySignal } from "./signals.ts"

/** What is under way gets so long (ms) to end after a signal. */
const END_MS = 5_000

/** What a failure says; with --debug also what is for a bug report. */
const textOf = (cause: Cause.Cause<AuthorizeError>, debug: boolean): string => {
  const error = cause.reasons.find(Cause.isFailReason)?.error
  if (error === undefined) return `authorize failed by a fault of its own. Please report it:\n${Cause.pretty(cause)}`
  const detail = "internalMessage" in error ? error.internalMessage : undefined
  return debug && detail !== undefined ? `${error.message}\n${detail}` : error.message
}

export const runAuthorize = async ({
  files,
  numbers,
  switches,
  debug,
}: Extract<Invocation, { kind: "run" }>): Promise<void> => {
  const redactor = makeRedactor()
  for (const secret of proxySetting(process.env)?.secrets ?? []) redactor.add(secret)
  const tell = (text: string): void => void process.stderr.write(`${redactor.redact(text)}\n`)
  const run = authorize(
    {
      config: files["config"],
      output: files["output"],
      port: numbers["port"] ?? CALLBACK_PORT,
      // Whatever streams are chosen later: a grant is made once, by a person.
      scopes: scopesFor(Object.values(endpoints).flat(), "oauth2.0"),
      deploymentMode: process.env["DEPLOYMENT_MODE"],
    },
    {
      redactor,
      say: (text) => Effect.sync(() => tell(text)),
      ask: process.stdin.isTTY
        ? prompt(process.stdin, process.stderr, () => void process.kill(process.pid, "SIGINT"))
        : undefined,
      handOver:
        switches.has("no-browser") && !process.stdout.isTTY
          ? (address) => Effect.sync(() => void process.stdout.write(`${address}\n`))
          : undefined,
      open: switches.has("no-browser") ? undefined : openBrowser,
    },
  )
  // What no fiber has caught would be printed by Node as it is, with whatever secrets it holds.
  process.on("uncaughtException", (error) => {
    tell(textOf(Cause.die(error), debug))
    process.exit(1)
  })
  const fiber = Effect.runFork(
    run.pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, Transport.layer({ connections: 1 })))),
  )
  const signal = interruptBySignal(fiber, END_MS)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  if (Exit.isSuccess(exit)) return
  process.exitCode = 1
  const ended = signal()
  if (ended === undefined) return tell(textOf(exit.cause, debug))
  tell(`authorize was ended (${ended}). Nothing was written.`)
  endBy(ended)
}
