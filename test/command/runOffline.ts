/** Runs a command in this process on files in memory. It must end before the first request: there is no site. */
import { Effect, FileSystem, Layer } from "effect"
import { protocolCommand } from "../../src/commands/runProtocolCommand.ts"
import { Transport } from "../../src/confluence/Transport.ts"
import { Output } from "../../src/protocol/Output.ts"
import { makeRedactor } from "../../src/protocol/Redactor.ts"
import { Reporter } from "../../src/protocol/Reporter.ts"
import { type InputFiles, parseMessages, type ProtocolMessage } from "../support/runConnector.ts"

export interface OfflineRun {
  readonly lines: ReadonlyArray<string>
  readonly messages: ReadonlyArray<ProtocolMessage>
  readonly exitCode: number
}

/** Files by the flag that names them; each is called like its flag. A text is taken as it is, anything else as JSON. */
export const runOffline = async (
  command: "check" | "discover" | "read",
  files: InputFiles,
  deploymentMode?: string,
): Promise<OfflineRun> => {
  const lines: Array<string> = []
  const redactor = makeRedactor()
  const output = Layer.succeed(Output, {
    idle: Effect.void,
    write: (text: string) => Effect.sync(() => void lines.push(...text.split("\n").slice(0, -1))),
  })
  const texts = Object.entries(files).map(
    ([flag, content]) => [flag, typeof content === "string" ? content : JSON.stringify(content)] as const,
  )
  const services = Reporter.layer(redactor, "TRACE").pipe(
    Layer.provideMerge(output),
    Layer.merge(FileSystem.layerNoop({ readFileString: (path) => Effect.succeed(new Map(texts).get(path)!) })),
    Layer.merge(Layer.succeed(Transport, { send: ({ url }) => Effect.die(`${url} was asked for`) })),
  )
  const given = Object.fromEntries(texts.map(([flag]) => [flag, flag]))
  const exitCode = await Effect.runPromise(
    protocolCommand(command, { files: given, redactor, deploymentMode, jobId: undefined }).pipe(
      Effect.provide(services),
    ) as Effect.Effect<number>,
  )
  return { lines, messages: parseMessages(lines), exitCode }
}
