/**
 * Runs a command of the connector in this process against a sample site that is called directly, in virtual time. What it
 * prints is taken as lines; every exchange with the site can be looked at and judged.
 */
import { type Cause, Clock, Effect, Exit, Fiber, FileSystem, Layer, PlatformError, Random, Stream } from "effect"
import { protocolCommand } from "../../src/commands/runProtocolCommand.ts"
import { Transport, type WireRequest, type WireResponse } from "../../src/confluence/Transport.ts"
import { TransportError } from "../../src/confluence/TransportError.ts"
import { Output, OutputClosed } from "../../src/protocol/Output.ts"
import type { FileReference } from "../../src/protocol/recordLines.ts"
import { makeRedactor } from "../../src/protocol/Redactor.ts"
import { Reporter } from "../../src/protocol/Reporter.ts"
import { withLineEndsEscaped } from "../../src/protocol/wellFormed.ts"
import type { SiteRequest, SiteResponse } from "../../src/sample-site/answers.ts"
import { piecesOf } from "../../src/sample-site/fileBytes.ts"
import { isMediaPath } from "../../src/sample-site/MediaHost.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { MemoryStaging } from "./MemoryStaging.ts"
import { loadOpenApiDocuments } from "./openapiDocuments.ts"
import { OpenapiValidator } from "./openapiValidator.ts"
import { VirtualClock } from "./VirtualClock.ts"

export interface Message {
  readonly type: string
  readonly record?: {
    readonly stream: string
    readonly data: Record<string, unknown>
    readonly file_reference?: FileReference
  }
  readonly state?: {
    readonly stream: { readonly stream_descriptor: { readonly name: string }; readonly stream_state: unknown }
    readonly sourceStats: { readonly recordCount: number }
  }
  readonly log?: { readonly level: string; readonly message: string }
  readonly trace?: Record<string, any>
  readonly catalog?: { readonly streams: ReadonlyArray<Record<string, any>> }
  readonly control?: { readonly connectorConfig: { readonly config: Record<string, unknown> } }
  readonly connectionStatus?: { readonly status: string; readonly message?: string }
}

export interface Exchanged {
  readonly request: SiteRequest
  readonly response: SiteResponse
  readonly at: number
}

export interface Ran {
  readonly lines: ReadonlyArray<string>
  readonly messages: ReadonlyArray<Message>
  /** The exit code; undefined where the run was cut off. */
  readonly exit: number | undefined
  readonly cause: Cause.Cause<unknown> | undefined
  readonly seconds: number
}

export interface RunInput {
  readonly config?: Record<string, unknown>
  /** Names of streams to read, all by default, or a whole configured catalog. */
  readonly streams?: ReadonlyArray<string>
  readonly catalog?: unknown
  readonly state?: unknown
  readonly syncMode?: "full_refresh" | "incremental"
  /** The destination takes files. */
  readonly includeFiles?: boolean
  /** The platform's job, of which this read is an attempt. */
  readonly jobId?: string | undefined
  /** The reader goes away after this many lines. */
  readonly cutAfterLines?: number
  /** SIGTERM comes after this many lines: what is under way is flushed. */
  readonly terminateAfterLines?: number
  /** SIGTERM comes after this many requests. */
  readonly terminateAfterRequests?: number
  readonly debug?: boolean
}

const documents = loadOpenApiDocuments()
const validator = documents === undefined ? undefined : new OpenapiValidator(documents)

const inLowerCase = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** Hands a file to whoever takes it, as the wire would: half of it where the answer breaks off. */
const pourInto = (
  taker: NonNullable<WireRequest["taker"]>,
  { abort, body, file, headers: given, status }: SiteResponse,
): Effect.Effect<WireResponse, TransportError> =>
  Effect.gen(function* () {
    const headers = inLowerCase(given)
    const length = file === undefined ? Buffer.byteLength(body) : file.to - file.from
    if (file?.isChunked !== true) headers["content-length"] = String(length)
    const take = taker({ status, headers })
    const most = Math.min(length, MOST_OF_ENDLESS)
    const end = abort === "truncate" ? Math.floor(most / 2) : most
    const pieces =
      file === undefined ? [Buffer.from(body).subarray(0, end)] : piecesOf(file.bytes, file.from, file.from + end)
    if (take === undefined) return { status, headers, body: Buffer.concat([...pieces]) }
    yield* Effect.tryPromise({
      try: async () => {
        for (const piece of pieces) {
          const wait = piece.length === 0 ? undefined : take(piece)
          if (wait !== undefined) await wait
        }
      },
      catch: (cause) => new TransportError({ reason: "other", cause }),
    })
    if (abort === "truncate") return yield* new TransportError({ reason: "truncated", cause: "truncated" })
    return { status, headers, body: Buffer.alloc(0) }
  })

/** Bytes of an answer without an end. */
const MOST_OF_ENDLESS = 10_000_000

const isJson = (body: Uint8Array | string): boolean => {
  try {
    JSON.parse(Buffer.from(body).toString())
    return true
  } catch {
    return false
  }
}

const START = Date.UTC(2026, 6, 1, 8)

export class Simulation {
  readonly clock = new VirtualClock(START)
  readonly site: SampleSite
  readonly exchanged: Array<Exchanged> = []
  /** Files that a config may name, by their paths. */
  readonly files = new Map<string, string>()
  /** The staging folder. */
  readonly staging = new MemoryStaging()
  /** Called after each exchange: to change the site while it is read. */
  onExchange: (exchanged: Exchanged) => void = () => {}
  #onRequest: () => void = () => {}

  constructor(options: SampleSiteOptions) {
    this.site = new SampleSite({ ...options, now: this.clock.now, siteUrl: "http://127.0.0.1:1" })
    this.site.gatewayUrl = "http://127.0.0.1:1"
    this.site.mediaUrl = "http://127.0.0.1:2"
  }

  #send(request: WireRequest): Effect.Effect<WireResponse, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const url = new URL(request.url)
      const headers = inLowerCase(request.headers)
      const asked: SiteRequest = {
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        headers,
        body: request.body ?? "",
      }
      const response = this.site.handle(asked)
      const exchanged = { request: asked, response, at: this.clock.now() }
      if (!isMediaPath(url.pathname)) this.exchanged.push(exchanged)
      this.onExchange(exchanged)
      this.#onRequest()
      yield* Effect.sleep(response.delayMs + (response.dripMs ?? 0))
      response.finished()
      if (response.abort === "hang") return yield* Effect.never
      if (response.abort === "reset") return yield* new TransportError({ reason: "reset", cause: "reset" })
      if (request.taker !== undefined) return yield* pourInto(request.taker, response)
      if (response.abort === "truncate") return yield* new TransportError({ reason: "truncated", cause: "truncated" })
      return { status: response.status, headers: inLowerCase(response.headers), body: Buffer.from(response.body) }
    })
  }

  /** Every request must be one that Atlassian's documents describe, and every answer of the shape that they promise. */
  #judge(exchanged: ReadonlyArray<Exchanged>): void {
    const faulty = this.site.listFaults().length > 0
    const { poisonAnswer } = this.site.settings.quirks
    for (const { request, response } of exchanged) {
      const address = `${request.path}?${request.query.toString()}`
      const isBroken = faulty || response.abort !== undefined || (poisonAnswer === "garbled" && !isJson(response.body))
      const problems = validator?.validateExchange({ ...request, address }, isBroken ? undefined : response) ?? []
      if (problems.length > 0) throw new Error(`${request.method} ${address}: ${problems.slice(0, 3).join("; ")}`)
    }
  }

  async run(command: "check" | "discover" | "read", input: RunInput = {}): Promise<Ran> {
    const lines: Array<string> = []
    let terminate: (() => void) | undefined
    const output = Layer.succeed(Output, {
      idle: Effect.void,
      write: (text: string) =>
        Effect.suspend(() => {
          const added = withLineEndsEscaped(Buffer.from(text)).toString().split("\n").slice(0, -1)
          if (lines.length + added.length >= (input.terminateAfterLines ?? Number.POSITIVE_INFINITY)) terminate?.()
          if (input.cutAfterLines !== undefined && lines.length + added.length > input.cutAfterLines) {
            lines.push(...added.slice(0, input.cutAfterLines - lines.length))
            return Effect.fail(new OutputClosed({ message: "the reader has gone" }))
          }
          lines.push(...added)
          return Effect.void
        }),
    })
    const texts: Record<string, string> = {
      config: JSON.stringify({ ...this.site.config(), ...input.config }),
      catalog: JSON.stringify(input.catalog ?? catalogOf(input.streams, input.syncMode, input.includeFiles)),
      state: JSON.stringify(input.state ?? []),
    }
    const files = Layer.succeed(
      FileSystem.FileSystem,
      Object.assign(FileSystem.makeNoop({}), {
        readFileString: (path: string) => Effect.succeed(texts[path]!),
        stream: (path: string) => {
          const text = this.files.get(path)
          return text === undefined
            ? Stream.fail(
                PlatformError.systemError({
                  _tag: "NotFound",
                  module: "FileSystem",
                  method: "stream",
                  pathOrDescriptor: path,
                }),
              )
            : Stream.fromIterable(text.match(/[^]{1,5000}/g)!.map((piece) => Buffer.from(piece)))
        },
      }),
    )
    const redactor = makeRedactor()
    const program = protocolCommand(command, {
      files: { config: "config", catalog: "catalog", state: "state" },
      redactor,
      deploymentMode: undefined,
      jobId: input.jobId,
      staging: this.staging.layer,
    })
    const services = Reporter.layer(redactor, input.debug === true ? "DEBUG" : "INFO").pipe(
      Layer.provideMerge(output),
      Layer.merge(files),
      Layer.merge(Layer.succeed(Transport, { send: (request: WireRequest) => this.#send(request) })),
    )
    const startedAt = this.clock.now()
    const before = this.exchanged.length
    const fiber = Effect.runFork(
      program.pipe(Effect.provide(services), Effect.provideService(Clock.Clock, this.clock), Random.withSeed(1)),
    )
    const { terminateAfterRequests } = input
    this.#onRequest = () => {
      if (this.exchanged.length - before >= (terminateAfterRequests ?? Number.POSITIVE_INFINITY)) terminate?.()
    }
    terminate = () => {
      terminate = undefined
      Effect.runFork(Fiber.interrupt(fiber))
    }
    const exit = await Effect.runPromise(Fiber.await(fiber))
    this.#judge(this.exchanged.slice(before))
    return {
      lines,
      messages: lines.map((line) => JSON.parse(line) as Message),
      exit: Exit.isSuccess(exit) ? exit.value : undefined,
      cause: Exit.isFailure(exit) ? exit.cause : undefined,
      seconds: (this.clock.now() - startedAt) / 1000,
    }
  }
}

export const ALL_STREAMS = [
  "spaces",
  "pages",
  "blog_posts",
  "comments",
  "attachments",
  "custom_content",
  "users",
  "groups",
  "group_members",
  "space_permissions",
  "space_role_assignments",
  "space_roles",
  "content_restrictions",
  "likes",
  "content_views",
  "content_properties",
  "content_versions",
  "space_properties",
  "templates",
  "tasks",
  "audit_log",
  "space_labels",
  "labels",
  "content_labels",
  "classification_levels",
  "folders",
  "whiteboards",
  "databases",
  "embeds",
] as const

/** `includeFiles`: for every stream, as the platform may say it. */
export const catalogOf = (
  streams: ReadonlyArray<string> = ALL_STREAMS,
  syncMode: "full_refresh" | "incremental" = "full_refresh",
  includeFiles = false,
): unknown => ({
  streams: streams.map((name) => ({
    stream: { name, json_schema: { type: "object" }, supported_sync_modes: ["full_refresh"] },
    sync_mode: syncMode,
    destination_sync_mode: "overwrite",
    ...(includeFiles ? { include_files: true } : {}),
  })),
})

export const recordsOf = (ran: Ran, stream: string): ReadonlyArray<Record<string, unknown>> =>
  ran.messages.flatMap(({ record }) => (record?.stream === stream ? [record.data] : []))

/** The last state of each stream, as the platform hands it back. */
export const statesOf = (ran: Ran): ReadonlyArray<unknown> => [
  ...new Map(
    ran.messages.flatMap(({ state }) =>
      state === undefined ? [] : [[state.stream.stream_descriptor.name, state] as const],
    ),
  ).values(),
]

/** The configs that were handed to the platform, in order. */
export const configsOf = (ran: Ran): ReadonlyArray<Record<string, unknown>> =>
  ran.messages.flatMap(({ control }) => (control === undefined ? [] : [control.connectorConfig.config]))

export const statusesOf = (ran: Ran, stream: string): ReadonlyArray<string> =>
  ran.messages.flatMap(({ trace }) =>
    trace?.["stream_status"]?.stream_descriptor.name === stream ? [trace["stream_status"].status as string] : [],
  )

export const errorsOf = (ran: Ran): ReadonlyArray<Record<string, any>> =>
  ran.messages.flatMap(({ trace }) => (trace?.["type"] === "ERROR" ? [trace["error"]] : []))
