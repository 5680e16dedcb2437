/**
 * Brings one stream's rows into its table, a batch in a transaction with the state that tells of it.
 *
 * A batch is a file of lines of JSON, which DuckDB reads by itself. The first batches of a new table are inserted as they are read. All
 * others go by a table of their own first: of rows with the same key the last one counts, tombstones take rows out, and what is there
 * already is taken out and added anew. A stream that is read whole each time is compared with its table, and only what differs is written.
 * What is taken out leaves holes in the file, which are counted, so that the file can be written anew before it has grown (compact.ts).
 */
import { type Batch, type Done, plus } from "./Batch.ts"
import {
  columnsOfLines,
  DELETED_AT,
  hasColumn,
  keyJson,
  keyList,
  making,
  nameOf,
  REASON,
  sameKey,
  selected,
  type Table,
  updating,
} from "./columns.ts"
import { type Engine, FILE, literal, quoted } from "./duckdb.ts"
import { type Anew, DELETED_ROWS, seenTable, type StoredStream, type TableStore } from "./TableStore.ts"

export interface LoadOptions {
  readonly stored: StoredStream | undefined
  /** The stream is read whole each time. */
  readonly whole: boolean
  /** The reading goes on from the stored state. */
  readonly resumed: boolean
  /** The site's clock when the extract began, milliseconds. */
  readonly startedAt: number
  readonly warn: (text: string) => void
}

/** What is known of the table; it is put back as it was where a transaction comes to nothing. */
interface Known {
  readonly done: Done
  readonly anew: Anew | undefined
  /** The table is there, with all columns. */
  readonly isReady: boolean
  /** Nothing was in the table when this extract began, so that what comes is new. */
  readonly isFresh: boolean
}

/** What DuckDB's reader of JSON sets aside for a line at least. */
const LEAST_LINE = 1_048_576

export class TableLoad {
  readonly table: Table
  readonly #store: TableStore
  readonly #engine: Engine
  readonly #options: LoadOptions
  #known: Known
  /** Values that are not of their column's type become null, where they else end a statement. */
  #mayFail = false
  /** Rows have come twice: none is inserted unlooked at any more. */
  #isCareful = false

  constructor(store: TableStore, table: Table, options: LoadOptions) {
    this.#store = store
    this.#engine = store.engine
    this.table = table
    this.#options = options
    const done = { added: 0, changed: 0, deleted: 0 }
    this.#known = { done, anew: options.stored?.anew, isReady: false, isFresh: false }
  }

  get done(): Done {
    return this.#known.done
  }

  /** Adds a batch, and the state that tells of it and of all before. */
  apply(batch: Batch | undefined, state: object): Promise<void> {
    return this.#attempt(async () => {
      const { anew, isFresh } = this.#known
      if (batch !== undefined) {
        const isPlain = isFresh && !this.#isCareful && !batch.hasTombstones && anew === undefined
        await this.#add(isPlain ? await this.#insert(batch) : await this.#merge(batch), batch)
      }
      await this.#note({ state, anew }, batch !== undefined, false)
    })
  }

  /** The stream has been read to its end. Where it was read anew, what has not come is gone. */
  finish(state: object): Promise<void> {
    return this.#attempt(async () => {
      const { anew } = this.#known
      let deleted = 0
      if (anew !== undefined) {
        const seen = seenTable(this.table.name)
        deleted = await this.#takeOutAllBut(seen, anew === "no state")
        await this.#engine.run(`drop table ${seen}`)
        await this.#add({ added: 0, changed: 0, deleted })
        this.#known = { ...this.#known, anew: undefined }
      }
      await this.#note({ state, anew: undefined }, deleted > 0, true)
    })
  }

  /** Makes the table what a stream that was read whole has shown. */
  replace(batch: Batch | undefined, state: object): Promise<void> {
    return this.#attempt(async () => {
      const { table } = this
      const name = nameOf(table)
      if (batch === undefined) await this.#engine.run(`create or replace temp table batch as from ${name} limit 0`)
      else await this.#readLines(batch)
      const deleted = await this.#takeOutAllBut("temp.batch", this.#options.stored?.anew !== "asked for")
      const isKnown = `t.${quoted(table.primaryKey[0]!)} is not null`
      const differs = table.columns.map(({ name: each }) => `b.${quoted(each)} is distinct from t.${quoted(each)}`)
      await this.#engine.run(
        `create or replace temp table news as select b.*, ${isKnown} as "?known" from temp.batch b left join ${name} t on ${sameKey(table, "b", "t")} where ${differs.join(" or ")}`,
      )
      const changed = await this.#engine.count(`select count(*) from temp.news where "?known"`)
      await this.#comeBack("temp.news")
      const written = await this.#write("temp.news", "true", changed > 0)
      await this.#engine.run("drop table temp.news")
      await this.#engine.run("drop table temp.batch")
      await this.#add({ added: written - changed, changed, deleted }, batch)
      await this.#note({ state, anew: undefined }, written + deleted > 0, true)
    })
  }

  /** How many rows the table has; undefined where there is no table yet. */
  rows(): Promise<number | undefined> {
    return this.#engine.exclusively(async () => {
      const present = await this.#present()
      return present.size === 0 ? undefined : this.#engine.count(`select count(*) from ${nameOf(this.table)}`)
    })
  }

  /** Counts what was done, and what it has left in the file. */
  #add(more: Done, batch?: Batch): Promise<void> {
    this.#known = { ...this.#known, done: plus(this.#known.done, more) }
    const rowBytes = batch === undefined ? undefined : batch.bytes / batch.rows
    return this.#store.noteHoles(this.table.name, more.changed + more.deleted, rowBytes)
  }

  #note(stream: StoredStream, changed: boolean, whole: boolean): Promise<void> {
    return this.#store.note(this.table.name, { ...stream, changed, whole })
  }

  /**
   * Does work in a transaction. It is done once more, with more care, where values are not of their columns' types, which people are told,
   * or where a row came twice.
   */
  async #attempt(work: () => Promise<void>): Promise<void> {
    const before = this.#known
    try {
      await this.#engine.transaction(async () => {
        await this.#prepare()
        await work()
      })
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const isTwice = text.startsWith("Constraint Error") && this.#known.isFresh && !this.#isCareful
      const isOdd = text.startsWith("Conversion Error") && !this.#mayFail
      this.#known = before
      if (!isTwice && !isOdd) throw error
      if (isTwice) this.#isCareful = true
      if (isOdd) {
        this.#mayFail = true
        const reason = text.split("\n")[0]!.replace(/^Conversion Error: /, "")
        this.#options.warn(
          `${this.table.name}: values that are not of their column's type are left out, such as this one: ${reason}`,
        )
      }
      await this.#attempt(work)
    }
  }

  async #present(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#engine.ask(
      `select column_name, data_type from duckdb_columns() where database_name = ${literal(FILE)} and schema_name = 'main' and table_name = ?`,
      [this.table.name],
    )
    return new Map(rows.map(({ column_name, data_type }) => [String(column_name), String(data_type)]))
  }

  /** Makes the table, or brings it up to date; finds out what is in it. */
  async #prepare(): Promise<void> {
    if (this.#known.isReady) return
    const { table } = this
    const present = await this.#present()
    for (const statement of present.size === 0 ? making(table) : updating(table, present)) {
      await this.#engine.run(statement)
    }
    const isEmpty = (await this.#engine.count(`select count(*) from (from ${nameOf(table)} limit 1)`)) === 0
    const asked = this.#known.anew ?? (this.#options.resumed ? undefined : "no state")
    const anew = isEmpty ? undefined : asked
    if (anew !== undefined && !this.#options.whole) {
      const typeOf = (key: string) => table.columns.find(({ name }) => name === key)!.type
      const keys = table.primaryKey.map((key) => `${quoted(key)} ${typeOf(key)}`)
      await this.#engine.run(
        `create table if not exists ${seenTable(table.name)} (${keys.join(", ")}, primary key (${keyList(table)}))`,
      )
    }
    this.#known = { ...this.#known, anew, isReady: true, isFresh: isEmpty }
  }

  #lines({ path, longest }: Batch): string {
    const most = Math.max(LEAST_LINE, longest + 64)
    return `read_json(${literal(path)}, format = 'newline_delimited', columns = ${columnsOfLines(this.table)}, maximum_object_size = ${most})`
  }

  async #insert(batch: Batch): Promise<Done> {
    const columns = this.table.columns.map(({ name }) => quoted(name)).join(", ")
    const added = await this.#engine.run(
      `insert into ${nameOf(this.table)} (${columns}) select ${selected(this.table, this.#mayFail)} from ${this.#lines(batch)}`,
    )
    return { added, changed: 0, deleted: 0 }
  }

  /** Reads a batch into a table of its own. Of rows with the same key the last one stays. */
  async #readLines(batch: Batch): Promise<void> {
    const { table } = this
    await this.#engine.run(
      `create or replace temp table batch as select ${selected(table, this.#mayFail)} from ${this.#lines(batch)}`,
    )
    const keys = keyList(table)
    const distinct = await this.#engine.count(`select count(*) from (select distinct ${keys} from temp.batch)`)
    if (distinct === batch.rows) return
    await this.#engine.run(
      `delete from temp.batch where rowid not in (select max(rowid) from temp.batch group by ${keys})`,
    )
  }

  async #merge(batch: Batch): Promise<Done> {
    const { table } = this
    const isTombstone = hasColumn(table, DELETED_AT) ? `b.${quoted(DELETED_AT)} is not null` : "false"
    await this.#readLines(batch)
    await this.#comeBack("temp.batch")
    let deleted = 0
    if (batch.hasTombstones) {
      const reason = hasColumn(table, REASON) ? `b.${quoted(REASON)}` : "null"
      await this.#engine.run(
        `insert into ${DELETED_ROWS} select ${literal(table.name)}, ${keyJson(table, "b")}, ${reason}, b.${quoted(DELETED_AT)} from temp.batch b where ${isTombstone}`,
      )
      deleted = await this.#engine.run(
        `delete from ${nameOf(table)} t using temp.batch b where ${sameKey(table, "t", "b")} and ${isTombstone}`,
      )
    }
    const changed = await this.#engine.count(
      `select count(*) from temp.batch b where not (${isTombstone}) and exists (select 1 from ${nameOf(table)} t where ${sameKey(table, "t", "b")})`,
    )
    const written = await this.#write("temp.batch", `not (${isTombstone})`, changed > 0)
    if (this.#known.anew !== undefined) {
      await this.#engine.run(
        `insert or ignore into ${seenTable(table.name)} select ${keyList(table, "b")} from temp.batch b where not (${isTombstone})`,
      )
    }
    await this.#engine.run("drop table temp.batch")
    return { added: written - changed, changed, deleted }
  }

  /** Writes the rows of another table. `replaces`: some of them are there already. */
  async #write(from: string, which: string, replaces: boolean): Promise<number> {
    const columns = this.table.columns.map(({ name }) => quoted(name)).join(", ")
    // An update in place would write whole columns of all row groups anew that one row of is in.
    if (replaces) {
      await this.#engine.run(
        `delete from ${nameOf(this.table)} t using ${from} b where ${sameKey(this.table, "t", "b")} and ${which}`,
      )
    }
    return this.#engine.run(
      `insert into ${nameOf(this.table)} (${columns}) select ${columns} from ${from} b where ${which}`,
    )
  }

  /** What comes, or is buried once more, is no deleted row any more. */
  async #comeBack(from: string): Promise<void> {
    await this.#engine.run(
      `delete from ${DELETED_ROWS} where "stream" = ${literal(this.table.name)} and "key" in (select ${keyJson(this.table, "b")} from ${from} b)`,
    )
  }

  /** Takes all rows out whose keys are not in another table. `noted`: they count as deleted. */
  async #takeOutAllBut(kept: string, noted: boolean): Promise<number> {
    const { table } = this
    const isGone = `not exists (select 1 from ${kept} k where ${sameKey(table, "k", "t")})`
    if (noted) {
      const at = new Date(this.#options.startedAt).toISOString()
      await this.#engine.run(
        `insert into ${DELETED_ROWS} select ${literal(table.name)}, ${keyJson(table, "t")}, null, ${literal(at)}::timestamptz from ${nameOf(table)} t where ${isGone}`,
      )
    }
    return this.#engine.run(`delete from ${nameOf(table)} t where ${isGone}`)
  }
}
