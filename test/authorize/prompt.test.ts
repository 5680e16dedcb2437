/** Questions in a terminal, whose keys come as a terminal in raw mode gives them. */
import { PassThrough } from "node:stream"
import { Effect, Exit, Fiber } from "effect"
import { describe, expect, it } from "vitest"
import { prompt, type Question } from "../../src/authorize/prompt.ts"

const CLIENT_ID: Question = { text: "Client id: ", secret: false }
const SECRET: Question = { text: "Secret: ", secret: true }

const terminal = () => {
  const [keys, screen] = [new PassThrough(), new PassThrough()]
  let shown = ""
  let interrupted = 0
  screen.on("data", (chunk: Buffer) => (shown += chunk.toString()))
  const ask = prompt(keys, screen, () => interrupted++)
  return { keys, ask, shown: () => shown, interrupted: () => interrupted }
}

describe("a question", () => {
  it("is answered by a line, without the blanks around it", async () => {
    const { keys, ask, shown } = terminal()
    const answer = Effect.runPromise(ask(CLIENT_ID))
    keys.write("  my-app \r")
    expect(await answer).toBe("my-app")
    expect(shown()).toContain("Client id: ")
    expect(shown()).toContain("my-app")
  })

  it("for a secret shows no character of the answer, and not its length", async () => {
    const { keys, ask, shown } = terminal()
    const answer = Effect.runPromise(ask(SECRET))
    for (const key of "hunter2") keys.write(key)
    keys.write("\u007F3\r")
    expect(await answer).toBe("hunter3")
    expect(shown()).toBe("Secret: \n")
  })

  it("can be followed by another one", async () => {
    const { keys, ask } = terminal()
    const answers = Effect.runPromise(Effect.all([ask(CLIENT_ID), ask(SECRET)]))
    keys.write("one\r")
    await new Promise((resolve) => setTimeout(resolve, 50))
    keys.write("two\r")
    expect(await answers).toEqual(["one", "two"])
  })

  it("hands Ctrl-C on, and stays open until it is interrupted", async () => {
    const { keys, ask, interrupted } = terminal()
    const fiber = Effect.runFork(ask(SECRET))
    keys.write("\u0003")
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(interrupted()).toBe(1)
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(Exit.hasInterrupts(await Effect.runPromise(Fiber.await(fiber)))).toBe(true)
  })

  it("fails when the input ends", async () => {
    const { keys, ask } = terminal()
    const answer = Effect.runPromise(Effect.flip(ask(CLIENT_ID)))
    keys.write("\u0004")
    expect((await answer).message).toBe("The input ended before the question was answered.")
  })
})
