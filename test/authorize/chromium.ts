/**
 * A real browser: headless Chromium, driven over the DevTools protocol. It is the one that the environment variable CHROMIUM
 * names, else `chromium` on PATH.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The executable. */
export const findChromium = (): string => {
  const named = process.env["CHROMIUM"]
  const candidates = named
    ? [named]
    : (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "chromium"))
  const found = candidates.find(isExecutable)
  if (found === undefined)
    throw new Error("There is no chromium, neither by the variable CHROMIUM nor on PATH: install it.")
  return found
}

/** How long a page may take to show something, ms. */
const PATIENCE_MS = 20_000

interface Reply {
  readonly id?: number
  readonly result?: Readonly<Record<string, any>>
  readonly error?: { readonly message: string }
}

/** A tab. */
export interface Tab {
  readonly go: (address: string) => Promise<void>
  /** The value of an expression in the page, as JSON. */
  readonly evaluate: (expression: string) => Promise<any>
  /** Waits until the page's heading is this one. */
  readonly heading: (text: string) => Promise<void>
  /** Clicks with the mouse in the middle of the element. */
  readonly click: (selector: string) => Promise<void>
  /** The addresses that "back" and "forward" lead to, and the present one. */
  readonly history: () => Promise<ReadonlyArray<string>>
}

export interface Chromium {
  readonly tab: () => Promise<Tab>
  readonly close: () => Promise<void>
}

const devTools = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ""
    child.stderr!.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      const found = /^DevTools listening on ws:\/\/(\S+?)\//m.exec(said)
      if (found !== null) resolve(`http://${found[1]}`)
    })
    child.once("exit", () => reject(new Error(`chromium ended: ${said}`)))
    child.once("error", reject)
  })

export const startChromium = async (executable: string): Promise<Chromium> => {
  const profile = mkdtempSync(join(tmpdir(), "source-confluence-chromium-"))
  const child = spawn(
    executable,
    [
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      // In containers, which run as root and have a small /dev/shm. Only pages of this machine are shown.
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-proxy-server",
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"], detached: true },
  )
  const ended = new Promise((resolve) => child.once("close", resolve))
  const origin = await devTools(child)
  const sockets: Array<WebSocket> = []
  return {
    tab: async () => {
      const made = await fetch(`${origin}/json/new?about:blank`, { method: "PUT" })
      const { webSocketDebuggerUrl } = (await made.json()) as { webSocketDebuggerUrl: string }
      const socket = new WebSocket(webSocketDebuggerUrl)
      sockets.push(socket)
      await new Promise((resolve, reject) => {
        socket.addEventListener("open", resolve)
        socket.addEventListener("error", () => reject(new Error("no connection to chromium")))
      })
      return tabOver(socket)
    },
    close: async () => {
      for (const socket of sockets) socket.close()
      // With the processes that it has started.
      process.kill(-child.pid!, "SIGKILL")
      await ended
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const tabOver = (socket: WebSocket): Tab => {
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  socket.addEventListener("message", ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply)
  })
  const send = (method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Record<string, any>> =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id)
        if (error === undefined) resolve(result ?? {})
        else reject(new Error(`${method}: ${error.message}`))
      })
      socket.send(JSON.stringify({ id, method, params }))
    })
  const evaluate = async (expression: string): Promise<any> => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true })
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`)
    return result.value
  }
  /** Pages come and go meanwhile, so a failed look is no failure. */
  const until = async (expression: string): Promise<void> => {
    for (let waited = 0; waited < PATIENCE_MS; waited += 50) {
      if ((await evaluate(expression).catch(() => false)) === true) return
      await sleep(50)
    }
    throw new Error(`never true: ${expression}; the page: ${await evaluate("document.documentElement.outerHTML")}`)
  }
  return {
    evaluate,
    go: async (address) => {
      const { errorText } = await send("Page.navigate", { url: address })
      if (errorText !== undefined) throw new Error(`${address}: ${errorText}`)
      await until(`document.readyState === "complete" && location.href !== "about:blank"`)
    },
    heading: (text) =>
      until(
        `document.readyState === "complete" && document.querySelector("h1")?.innerText.includes(${JSON.stringify(text)}) === true`,
      ),
    click: async (selector) => {
      const found = `document.querySelector(${JSON.stringify(selector)})`
      await until(`${found} !== null`)
      const { x, y } = await evaluate(
        `(() => { const e = ${found}; e.scrollIntoView({ block: "center" }); const b = e.getBoundingClientRect(); return { x: b.x + b.width / 2, y: b.y + b.height / 2 } })()`,
      )
      for (const type of ["mousePressed", "mouseReleased"]) {
        await send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 })
      }
    },
    history: async () => {
      const { entries } = await send("Page.getNavigationHistory")
      return (entries as ReadonlyArray<{ url: string }>).map(({ url }) => url)
    },
  }
}
