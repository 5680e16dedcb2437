/** Asks a question in the terminal. What is typed as a secret is not shown. */
import { createInterface } from "node:readline"
import { Writable } from "node:stream"
import { Effect } from "effect"
import { AuthorizeFailed } from "./AuthorizeFailed.ts"

export interface Question {
  readonly text: string
  readonly secret: boolean
}

/** `input` is a terminal; `interrupted` is called at Ctrl-C, which the terminal hands on as a character meanwhile. */
export const prompt =
  (input: NodeJS.ReadableStream, output: NodeJS.WritableStream, interrupted: () => void) =>
  ({ text, secret }: Question): Effect.Effect<string, AuthorizeFailed> =>
    Effect.callback<string, AuthorizeFailed>((resume) => {
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
      const lines = createInterface({ input, output: secret ? nowhere : output, terminal: true, historySize: 0 })
      // Readline draws the prompt anew with the line; where it draws nowhere, the prompt is ours to write.
      if (secret) output.write(text)
      lines.on("SIGINT", () => {
        output.write("\n")
        interrupted()
      })
      let answer: string | undefined
      // Not before it is closed: the next question takes the same input over.
      lines.once("close", () =>
        resume(
          answer === undefined
            ? Effect.fail(new AuthorizeFailed({ message: "The input ended before the question was answered." }))
            : Effect.succeed(answer),
        ),
      )
      lines.question(secret ? "" : text, (line) => {
        if (secret) output.write("\n")
        answer = line.trim()
        lines.close()
      })
      return Effect.sync(() => lines.close())
    })
