/**
 * The state of an earlier sync, as the platform hands it back: a list of STATE messages of single streams.
 *
 * Also taken: one such message alone, a GLOBAL one, and whole protocol lines as a person saves them from stdout (as a
 * list or a line each; the last one of a stream counts). What is no state of a stream starts that stream anew, with a
 * warning; text that is no JSON at all is an error, because a sync from the beginning would hide it.
 */
import { Effect, type FileSystem } from "effect"
import { isRecord } from "../json.ts"
import { InputInvalid, parseJson, readText } from "./inputFile.ts"

export interface InputState {
  /** What each stream's STATE held, by the stream's name. Opaque here: the stream's own reader judges it. */
  readonly streams: ReadonlyMap<string, unknown>
  readonly warnings: ReadonlyArray<string>
}

const collect = (message: unknown, streams: Map<string, unknown>, warnings: Array<string>): void => {
  if (!isRecord(message)) {
    warnings.push("The state holds an entry that is not a STATE message; it is passed over.")
    return
  }
  if (message["type"] === "STATE" && isRecord(message["state"])) return collect(message["state"], streams, warnings)
  const global = message["global"]
  const entries = isRecord(global) ? global["stream_states"] : [message["stream"]]
  for (const entry of Array.isArray(entries) ? entries : []) {
    const descriptor = isRecord(entry) ? entry["stream_descriptor"] : undefined
    const name = isRecord(descriptor) ? descriptor["name"] : undefined
    if (isRecord(entry) && typeof name === "string") {
      streams.set(name, entry["stream_state"] ?? undefined)
    } else {
      warnings.push("The state holds an entry that names no stream; it is passed over.")
    }
  }
}

const messagesIn = (value: unknown): ReadonlyArray<unknown> => {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value
  return isRecord(value) && Object.keys(value).length === 0 ? [] : [value]
}

export const decodeState = (value: unknown): InputState => {
  const streams = new Map<string, unknown>()
  const warnings: Array<string> = []
  for (const message of messagesIn(value)) collect(message, streams, warnings)
  return { streams, warnings }
}

/** Several lines, each a JSON value: what `grep STATE` leaves of a sync's output. */
const parseLines = (flag: string, path: string, text: string) =>
  Effect.forEach(
    text.split("\n").filter((line) => line.trim() !== ""),
    (line) => parseJson(flag, path, line),
  )

export const readState = (path: string): Effect.Effect<InputState, InputInvalid, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const text = yield* readText("--state", path)
    if (text.trim() === "") return decodeState(undefined)
    const value = yield* parseJson("--state", path, text).pipe(
      Effect.catch((error) => parseLines("--state", path, text).pipe(Effect.mapError(() => error))),
    )
    if (value !== null && typeof value !== "object") {
      return yield* new InputInvalid({
        message: `--state ${path}: it must be a list of STATE messages, but is a ${typeof value}.`,
      })
    }
    return decodeState(value)
  })
