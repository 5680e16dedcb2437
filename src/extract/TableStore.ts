/**
 * What a target holds beside the streams' tables: whose it is, how far each stream has been read, and what was deleted.
 *
 * The schema `source_confluence` is the connector's own: `target` says of which site all is, `streams` has the state of each stream.
 * A state is written with the rows that it tells of, in one transaction.
 */
import { type Engine, FILE, literal, quoted } from "./duckdb.ts"
import { TargetFailed } from "./TargetFailed.ts"

/** Of the schema `source_confluence`: a later version that changes it tells by this. */
const VERSION = 1

const OWN = `${FILE}.source_confluence`
export const DELETED_ROWS = `${FILE}.main.deleted_rows`

/** The site that a target is of; a site can be renamed, but its cloud id stays. */
export interface TargetSite {
  readonly cloudId: string | undefined
  readonly host: string
}

/** Why a stream is read anew into a table that holds rows already: because that was asked for, or because its state was of no use. */
export type Anew = "asked for" | "no state"

export interface StoredStream {
  /** Undefined where nothing has been read that a state could tell of. */
  readonly state: unknown
  /** Set until all has been read once more. */
  readonly anew: Anew | undefined
}

const MAKING: ReadonlyArray<string> = [
  `create schema ${OWN}`,
  `create table ${OWN}.target (version integer, cloud_id varchar, host varchar, made_at timestamptz default now(), format varchar)`,
  `comment on table ${OWN}.target is 'The site that the tables are of. Written and needed by source-confluence.'`,
  `create table ${OWN}.streams (stream varchar primary key, state varchar, anew varchar, read_at timestamptz, exported boolean not null default false, holes bigint not null default 0, row_bytes double not null default 0)`,
  `comment on table ${OWN}.streams is 'How far each stream has been read. Written and needed by source-confluence.'`,
  `create table ${DELETED_ROWS} ("stream" varchar, "key" json, deletion_reason varchar, deleted_at timestamptz)`,
  `comment on table ${DELETED_ROWS} is 'Rows that were in a table of a stream and are gone. A row that comes back leaves this table.'`,
  `comment on column ${DELETED_ROWS}."stream" is 'The stream, and table, that the row was in.'`,
  `comment on column ${DELETED_ROWS}."key" is 'The columns of its primary key, as an object.'`,
  `comment on column ${DELETED_ROWS}.deletion_reason is 'trashed, purged, filtered or not_visible; null where the stream is read whole each time, which tells no reason.'`,
  `comment on column ${DELETED_ROWS}.deleted_at is 'When the deletion was seen, by the clock of the site.'`,
]

export class TableStore {
  readonly engine: Engine
  /** The target as the person named it. */
  readonly name: string

  constructor(engine: Engine, name: string) {
    this.engine = engine
    this.name = name
  }

  /** Whether the attached file is one of ours; a failure where it is of a later version. */
  static async isOurs(engine: Engine, name: string): Promise<boolean> {
    const [found] = await engine.ask(
      `select 1 from duckdb_tables() where database_name = ${literal(FILE)} and schema_name = 'source_confluence' and table_name = 'target'`,
    )
    if (found === undefined) return false
    const version = await engine.count(`select max(version) from ${OWN}.target`)
    if (version <= VERSION) return true
    throw new TargetFailed({
      failureType: "config_error",
      message: `--to ${name}: a later version of source-confluence has written it, which keeps it otherwise. It is left as it is: use that version.`,
    })
  }

  /** Makes an empty file a target. */
  async make(site: TargetSite): Promise<void> {
    await this.engine.transaction(async () => {
      for (const statement of MAKING) await this.engine.run(statement)
      const values = [VERSION, site.cloudId ?? null, site.host]
      await this.engine.run(`insert into ${OWN}.target (version, cloud_id, host) values (?, ?, ?)`, values)
    })
  }

  /** Makes sure that the target is of this site. What cannot be compared is believed. */
  async mustBeOf(site: TargetSite): Promise<void> {
    const [target = {}] = await this.engine.exclusively(() =>
      this.engine.ask(`select cloud_id, host from ${OWN}.target`),
    )
    const { cloud_id: cloudId, host } = target
    const isSame =
      typeof cloudId === "string" && site.cloudId !== undefined ? cloudId === site.cloudId : host === site.host
    if (!isSame) {
      throw new TargetFailed({
        failureType: "config_error",
        message: `--to ${this.name}: it is of another site, ${String(host)}, and the config is of ${site.host}. It is left as it is: take another target for each site.`,
      })
    }
    if (typeof cloudId !== "string" && site.cloudId !== undefined) {
      await this.engine.exclusively(() => this.engine.run(`update ${OWN}.target set cloud_id = ?`, [site.cloudId!]))
    }
  }

  async streams(): Promise<ReadonlyMap<string, StoredStream>> {
    const rows = await this.engine.exclusively(() => this.engine.ask(`select stream, state, anew from ${OWN}.streams`))
    return new Map(
      rows.map(({ stream, state, anew }) => [
        String(stream),
        {
          state: typeof state === "string" ? JSON.parse(state) : undefined,
          anew: (anew ?? undefined) as Anew | undefined,
        },
      ]),
    )
  }

  /** Forgets how far these streams have been read and what was deleted of them. Their rows stay until others have come. */
  forget(streams: ReadonlyArray<string>): Promise<void> {
    return this.engine.transaction(async () => {
      for (const stream of streams) {
        await this.engine.run(`delete from ${DELETED_ROWS} where "stream" = ?`, [stream])
        await this.engine.run(`update ${OWN}.streams set state = null, anew = 'asked for' where stream = ?`, [stream])
        await this.engine.run(`drop table if exists ${seenTable(stream)}`)
      }
    })
  }

  /** Notes what is known of a stream; within a transaction. `changed`: its table, or what was deleted of it, is another. */
  async note(
    stream: string,
    { state, anew, changed, whole }: StoredStream & { readonly changed: boolean; readonly whole: boolean },
  ): Promise<void> {
    const json = state === undefined ? null : JSON.stringify(state)
    await this.engine.run(
      `insert into ${OWN}.streams (stream, state, anew, read_at, exported) values ($1, $2, $3, ${whole ? "now()" : "null"}, false)
       on conflict (stream) do update set state = excluded.state, anew = excluded.anew,
         read_at = coalesce(excluded.read_at, streams.read_at), exported = streams.exported and not $4::boolean`,
      [stream, json, anew ?? null, changed],
    )
  }

  /** Notes rows that were taken out of a table, and how large its rows are; within a transaction. */
  async noteHoles(stream: string, holes: number, rowBytes: number | undefined): Promise<void> {
    await this.engine.run(
      `insert into ${OWN}.streams (stream, holes, row_bytes) values ($1, $2, coalesce($3::double, 0))
       on conflict (stream) do update set holes = streams.holes + excluded.holes, row_bytes = coalesce($3::double, streams.row_bytes)`,
      [stream, holes, rowBytes ?? null],
    )
  }

  /** About what part of all rows' bytes the holes take that rows have left. */
  async waste(): Promise<number> {
    const streams = await this.engine.ask(
      `select stream, holes, row_bytes, estimated_size as rows from ${OWN}.streams join duckdb_tables() t on table_name = stream where database_name = ${literal(FILE)} and schema_name = 'main'`,
    )
    let [live, wasted] = [0, 0]
    for (const { holes, row_bytes: bytes, rows } of streams) {
      live += Number(rows) * Number(bytes)
      wasted += Number(holes) * Number(bytes)
    }
    return live + wasted === 0 ? 0 : wasted / (live + wasted)
  }

  /** The format that the target's folder has been written in; undefined for one that has none yet. */
  async format(): Promise<string | undefined> {
    const [target = {}] = await this.engine.exclusively(() => this.engine.ask(`select format from ${OWN}.target`))
    return (target["format"] ?? undefined) as string | undefined
  }

  /** The streams whose tables are as they were when they were last copied to files. */
  async exported(): Promise<ReadonlySet<string>> {
    const rows = await this.engine.exclusively(() =>
      this.engine.ask(`select stream from ${OWN}.streams where exported`),
    )
    return new Set(rows.map(({ stream }) => String(stream)))
  }

  noteExported(streams: ReadonlyArray<string>, format: string): Promise<void> {
    return this.engine.transaction(async () => {
      for (const stream of streams)
        await this.engine.run(`update ${OWN}.streams set exported = true where stream = ?`, [stream])
      await this.engine.run(`update ${OWN}.target set format = ?`, [format])
    })
  }
}

/** Where the keys are that have come since a stream is read anew. */
export const seenTable = (stream: string): string => `${OWN}.${quoted(`seen_${stream}`)}`
