/**
 * Loaded into the connector's process before it starts (`node --import`): when the request to the path in THROW_AT goes out,
 * something fails outside of all that the connector has written, with the request's secrets in its message.
 */
import { subscribe } from "node:diagnostics_channel"

interface Sent {
  readonly request: { readonly path: string; readonly headers: unknown; readonly body: unknown }
}

const [at, how] = [process.env["THROW_AT"], process.env["THROW_HOW"]]

const fail = (said: string): void => {
  if (how === "a rejection") void Promise.reject(new Error(said))
  else if (how === "a rejection with a text") void Promise.reject(said)
  else if (how === "an object") throw { said, [said]: said }
  else if (how === "a text") throw said
  else if (how === "an error with a cause") throw new Error("outer", { cause: new TypeError(said) })
  else if (how === "an error with more") throw Object.assign(new RangeError("inner"), { config: { said } })
  else throw new Error(said)
}

subscribe("undici:request:create", (message) => {
  const { path, headers, body } = (message as Sent).request
  if (path.endsWith(at!)) setImmediate(fail, `${JSON.stringify(headers)} ${String(body)}`)
})
