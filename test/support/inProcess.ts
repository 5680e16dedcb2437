/**
 * Runs a command of the connector in this process against a sample site that is called directly, in virtual time. What it
 * prints is taken as lines; every exchange with the site can be looked at and judged.
 */
import { type Cause, Clock, Effect, Exit, Fiber, FileSystem, Layer, PlatformError, Random, Stream } from "effect"
import { protocolCommand } from "../../src/commands/runProtocolCommand.ts"
import { Transport, type WireRequest, type WireResponse } from "../../src/confluence/Transport.ts"
import { TransportError } from "../../src/confluence/TransportError.ts"
import { Output, OutputClosed } from "../../src/protocol/Output.ts"
import { makeRedactor } from "../../src/protocol/Redactor.ts"
import { Reporter } from "../../src/protocol/Reporter.ts"
import { withLineEndsEscaped } from "../../src/protocol/wellFormed.ts"
import type { SiteRequest, SiteResponse } from "../../src/sample-site/answers.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { loadOpenApiDocuments } from "./openapiDocuments.ts"
import { OpenapiValidator } from "./openapiValidator.ts"
import { VirtualClock } from "./VirtualClock.ts"

export interface Message {
  readonly type: string
  readonly record?: { readonly stream: string; readonly data: Record<string, unknown> }
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
  /** Called after each exchange: to change the site while it is read. */
  onExchange: (exchanged: Exchanged) => void = () => {}
  #onRequest: () => void = () => {}

  constructor(options: SampleSiteOptions) {
    this.site = new SampleSite({ ...options, now: this.clock.now, siteUrl: "http://127.0.0.1:1" })
    this.site.gatewayUrl = "http://127.0.0.1:1"
  }

  #send(request: WireRequest): Effect.Effect<WireResponse, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const url = new URL(request.url)
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      )
      const asked: SiteRequest = {
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        headers,
        body: request.body ?? "",
      }
      const response = this.site.handle(asked)
      const exchanged = { request: asked, response, at: this.clock.now() }
      this.exchanged.push(exchanged)
      this.onExchange(exchanged)
      this.#onRequest()
      yield* Effect.sleep(response.delayMs + (response.dripMs ?? 0))
      response.finished()
      if (response.abort === "hang") return yield* Effect.never
      if (response.abort === "reset") return yield* new TransportError({ reason: "reset", cause: "reset" })
      if (response.abort === "truncate") return yield* new TransportError({ reason: "truncated", cause: "truncated" })
      return {
        status: response.status,
        headers: Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        body: Buffer.from(response.body),
      }
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
      catalog: JSON.stringify(input.catalog ?? catalogOf(input.streams, input.syncMode)),
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

export const catalogOf = (
  streams: ReadonlyArray<string> = ALL_STREAMS,
  syncMode: "full_refresh" | "incremental" = "full_refresh",
): unknown => ({
  streams: streams.map((name) => ({
    stream: { name, json_schema: { type: "object" }, supported_sync_modes: ["full_refresh"] },
    sync_mode: syncMode,
    destination_sync_mode: "overwrite",
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
