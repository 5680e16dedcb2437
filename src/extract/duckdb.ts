/**
 * DuckDB as `extract` uses it: an engine in memory with one file attached, statements one at a time, transactions whole. The package is
 * loaded here alone, and when it is needed, because it is large and optional.
 *
 * The engine never reaches the network (extensions are not fetched), reckons in UTC whatever the machine does, and works on one thread
 * beside ours: that takes half the memory of two, and reading takes the other core.
 */
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api"
import { TargetFailed } from "./TargetFailed.ts"

/** A name as SQL takes it, whatever is in it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
/** A text as SQL takes it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** What the file is called while it is attached. */
export const FILE = "target"

/**
 * Rows that lie together in the file, the fewest that DuckDB takes. A group is held in memory until it is whole: 2048 pages of 4 KB take
 * 8 MB, where DuckDB's own 122,880 would take 500.
 */
const ROW_GROUP = 2_048
/** What DuckDB may hold. It takes more than that for a while, above all where freed memory is not given back at once. */
const MEMORY = "192MB"
const FREED = "1MB"
/**
 * How the file is laid out: as DuckDB 1.2 does it, which every later one reads. It is the first to compress texts as long as bodies are;
 * without that a file takes several times the room.
 */
const STORAGE = "v1.2.0"

export type Answer = ReadonlyArray<Readonly<Record<string, unknown>>>

/** How a file is taken: to be looked at, to be written, or to be made. */
export type Use = "look" | "write" | "make"

const load = async () => {
  try {
    return await import("@duckdb/node-api")
  } catch (error) {
    throw new TargetFailed({
      failureType: "system_error",
      message:
        "extract needs the package @duckdb/node-api, which this installation lacks: it is an optional dependency, and there is none for some machines. Install the package again without leaving optional dependencies out.",
      internalMessage: String(error),
    })
  }
}

export class Engine {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  /** The end of the line of those who wait for the connection. */
  #last: Promise<unknown> = Promise.resolve()

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  /** `spill`: a folder for what does not fit into memory. */
  static async start(spill: string): Promise<Engine> {
    const { DuckDBInstance: Instance } = await load()
    const instance = await Instance.create(":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      memory_limit: MEMORY,
      allocator_flush_threshold: FREED,
      allocator_bulk_deallocation_flush_threshold: FREED,
      threads: "1",
      temp_directory: spill,
    })
    const engine = new Engine(instance, await instance.connect())
    await engine.run("set TimeZone = 'UTC'")
    return engine
  }

  /** Does this alone: nothing else reaches the connection until it is done. */
  exclusively<A>(work: () => Promise<A>): Promise<A> {
    const done = this.#last.then(work, work)
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Runs a statement; to be called within `exclusively`, once there is company. Answers how many rows it has changed. */
  async run(sql: string, values: ReadonlyArray<DuckDBValue> = []): Promise<number> {
    const result = await (values.length === 0 ? this.#connection.run(sql) : this.#connection.run(sql, [...values]))
    return result.rowsChanged
  }

  async ask(sql: string, values: ReadonlyArray<DuckDBValue> = []): Promise<Answer> {
    const reader = await (values.length === 0
      ? this.#connection.runAndReadAll(sql)
      : this.#connection.runAndReadAll(sql, [...values]))
    return reader.getRowObjectsJson() as Answer
  }

  /** The one number that a statement answers. */
  async count(sql: string, values: ReadonlyArray<DuckDBValue> = []): Promise<number> {
    const [row = {}] = await this.ask(sql, values)
    return Number(Object.values(row)[0])
  }

  /** Does all of this or nothing, and alone. */
  transaction<A>(work: () => Promise<A>): Promise<A> {
    return this.exclusively(async () => {
      await this.run("begin transaction")
      try {
        const result = await work()
        await this.run("commit")
        return result
      } catch (error) {
        await this.run("rollback").catch(() => undefined)
        throw error
      }
    })
  }

  /** The options with which a file is made. */
  readonly making = `row_group_size ${ROW_GROUP}, storage_version '${STORAGE}'`

  attach(path: string, use: Use): Promise<number> {
    const how = { look: "read_only", write: `row_group_size ${ROW_GROUP}`, make: this.making }[use]
    return this.exclusively(() => this.run(`attach ${literal(path)} as ${FILE} (${how})`))
  }

  detach(): Promise<number> {
    return this.exclusively(() => this.run(`detach ${FILE}`))
  }

  /** Writes all that is in the log beside the file into the file, and lets go of it. */
  async close(): Promise<void> {
    await this.exclusively(async () => {
      await this.run(`checkpoint ${FILE}`).catch(() => undefined)
      await this.run(`detach ${FILE}`).catch(() => undefined)
      this.#connection.closeSync()
      this.#instance.closeSync()
    })
  }
}
