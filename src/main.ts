/**
 * The executable: finds the command and runs it.
 *
 * `spec`, the help and the version need nothing but this file, so that they answer at once; every other command is loaded
 * when it is called.
 */
import { parseCommandLine } from "./cli.ts"
import specification from "./generated/spec.json" with { type: "json" }
import { errorLine, specLine } from "./protocol/messages.ts"
import { version } from "./version.ts"

// A reader that has gone away is not worth a stack trace: what it asked for was not done, and that is all.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => void (process.exitCode = 1))

const invocation = parseCommandLine(process.argv.slice(2))

switch (invocation.kind) {
  case "help":
    process.stdout.write(invocation.text)
    break
  case "version":
    process.stdout.write(`source-confluence ${version}\n`)
    break
  case "misuse":
    process.stderr.write(`${invocation.message}\n\n${invocation.usage}`)
    process.stdout.write(errorLine({ message: invocation.message, failureType: "config_error" }, Date.now()))
    process.exitCode = 1
    break
  case "run":
    if (invocation.command === "spec") {
      process.stdout.write(specLine(specification))
    } else if (invocation.command === "authorize") {
      const { runAuthorize } = await import("./commands/authorize.ts")
      await runAuthorize(invocation)
    } else if (invocation.command === "scopes") {
      const { printScopes } = await import("./commands/scopes.ts")
      printScopes(invocation.texts)
    } else if (invocation.command === "extract") {
      const { runExtract } = await import("./commands/extract.ts")
      await runExtract(invocation)
    } else if (invocation.command === "spaces") {
      const { runSpaces } = await import("./commands/spaces.ts")
      await runSpaces(invocation)
    } else if (invocation.command === "sample-site") {
      const { serveSampleSite } = await import("./commands/sampleSite.ts")
      await serveSampleSite(invocation.numbers)
    } else {
      const { runProtocolCommand } = await import("./commands/runProtocolCommand.ts")
      await runProtocolCommand(invocation.command, invocation.files, invocation.debug)
    }
}
