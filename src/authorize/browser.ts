/** Opens an address in the person's browser, by the command that the platform has for it. */
import { spawn } from "node:child_process"
import { Effect } from "effect"

/** The command and its arguments before the address. */
const commandOf = (platform: NodeJS.Platform): readonly [string, ...ReadonlyArray<string>] => {
  if (platform === "darwin") return ["open"]
  // What "start" runs, without a shell that would take the "&" of an address for its own.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"]
  return ["xdg-open"]
}

/** Answers what went wrong, if it did. A command that goes on as long as its browser is left alone, and outlives this process. */
export const openBrowser = (
  address: string,
  platform: NodeJS.Platform = process.platform,
): Effect.Effect<string | undefined> =>
  Effect.callback((resume) => {
    const [command, ...before] = commandOf(platform)
    const child = spawn(command, [...before, address], { stdio: "ignore", detached: true })
    child.once("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.succeed(error.code === "ENOENT" ? `there is no ${command}` : `${command}: ${error.code}`)),
    )
    child.once("exit", (code) => resume(Effect.succeed(code === 0 ? undefined : `${command} ended with ${code}`)))
    child.unref()
  })
