/**
 * What `--to` names: a `.duckdb` file, or a folder with a file for each stream. Finds it, or makes it, and refuses what is something else,
 * which stays as it is.
 *
 * A folder has its tables in a hidden folder of its own, from which the files are copied; so both kinds of target are read into and gone
 * on with alike. What an extract needs on the way lies beside the tables, in a folder that is gone at its end.
 */
import { randomBytes } from "node:crypto"
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs"
import { dirname, extname, join, resolve } from "node:path"
import { Engine } from "./duckdb.ts"
import { TableStore, type TargetSite } from "./TableStore.ts"
import { failedOpening, TargetFailed } from "./TargetFailed.ts"

export const FORMATS = ["parquet", "csv", "ndjson"] as const
export type Format = (typeof FORMATS)[number]

/** Where a target is. */
export interface Place {
  /** As the person named it. */
  readonly name: string
  /** The file with the tables. */
  readonly tables: string
  /** A folder for what is needed on the way. */
  readonly work: string
  /** The folder for the streams' files; undefined for a single file. */
  readonly folder: string | undefined
}

const DUCKDB = ".duckdb"
/** Names that sound like one file of another kind. */
const SINGLE_FILES = new Set([".parquet", ".csv", ".ndjson", ".jsonl", ".json", ".db", ".ddb", ".sqlite", ".wal"])
/** In a folder: where its tables are. */
const HIDDEN = ".source-confluence"

const refused = (name: string, why: string): TargetFailed =>
  new TargetFailed({ failureType: "config_error", message: `--to ${name}: ${why}` })

/** Behind any links, where it is there. */
const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/** What a name stands for. `format` is what was asked for, which a single file has none of. */
export const placeOf = (name: string, format: string | undefined): Place => {
  const path = real(name)
  const present = statSync(path, { throwIfNoEntry: false })
  const ending = extname(name).toLowerCase()
  if (ending === DUCKDB && present?.isDirectory() !== true) {
    if (format !== undefined)
      throw refused(name, `it is a DuckDB file, which has no --format. Leave --format out, or name a folder.`)
    if (present !== undefined && !present.isFile()) throw refused(name, "it is not a file.")
    return { name, tables: path, work: `${path}.tmp`, folder: undefined }
  }
  if (ending === DUCKDB) throw refused(name, "it is a folder with the name of a DuckDB file. Take another name.")
  if (present?.isDirectory() === false)
    throw refused(
      name,
      "it is a file. A target is a file with a name that ends in .duckdb, or a folder. It is left as it is.",
    )
  if (present === undefined && SINGLE_FILES.has(ending)) {
    throw refused(
      name,
      `a target is a file with a name that ends in .duckdb, or a folder that gets a file for each stream.`,
    )
  }
  const hidden = join(path, HIDDEN)
  return { name, tables: join(hidden, "tables.duckdb"), work: join(hidden, "tmp"), folder: path }
}

const mustBeWritable = ({ name, tables, folder }: Place): void => {
  const writable = (path: string): void => {
    try {
      accessSync(path, constants.W_OK)
    } catch (error) {
      const isFixed = (error as { readonly code?: string }).code === "EROFS"
      throw failedOpening(name, isFixed ? "Read-only file system" : "Permission denied")
    }
  }
  if (existsSync(tables)) writable(tables)
  if (folder !== undefined) {
    // The folder itself, or the nearest one above it that is there.
    let nearest = folder
    while (!existsSync(nearest)) nearest = dirname(nearest)
    if (!statSync(nearest).isDirectory()) throw refused(name, `${nearest} is a file.`)
    return writable(nearest)
  }
  const parent = dirname(tables)
  if (!existsSync(parent)) throw refused(name, `there is no folder ${parent}.`)
  writable(parent)
}

/** A folder that has files of such names, which nothing says are ours, is left alone. */
const mustBeFree = (place: Place, files: ReadonlySet<string>): void => {
  if (place.folder === undefined || !existsSync(place.folder)) return
  const taken = readdirSync(place.folder).find((file) => files.has(file))
  if (taken !== undefined) {
    throw refused(
      place.name,
      `the folder has a file ${taken} that no extract has written. It is left as it is: take another folder, or move the file away.`,
    )
  }
}

/** A target that is open, or that is to be made. */
export class Target {
  readonly place: Place
  readonly engine: Engine
  readonly store: TableStore
  #isMade: boolean

  private constructor(place: Place, engine: Engine, isMade: boolean) {
    this.place = place
    this.engine = engine
    this.store = new TableStore(engine, place.name)
    this.#isMade = isMade
  }

  /** Whether it was there before this extract. */
  get isMade(): boolean {
    return this.#isMade
  }

  /** Opens what is there and is ours; nothing else is touched, and nothing new is made. `files`: names of files that a folder will get. */
  static async open(place: Place, files: ReadonlySet<string>): Promise<Target> {
    mustBeWritable(place)
    const isThere = existsSync(place.tables)
    if (!isThere) mustBeFree(place, files)
    const engine = await Engine.start(join(place.work, "spill"))
    try {
      if (!isThere) return new Target(place, engine, false)
      // First without changing anything: what is not ours stays as it is to the byte.
      await engine.attach(place.tables, "look")
      const isOurs = await TableStore.isOurs(engine, place.name)
      await engine.detach()
      if (!isOurs)
        throw refused(place.name, "it is a database that no extract has made. It is left as it is: take another file.")
      await engine.attach(place.tables, "write")
      clearWork(place)
      return new Target(place, engine, true)
    } catch (error) {
      await engine.close()
      throw failedOpening(place.name, error)
    }
  }

  /** Makes sure that the target is of this site; makes it, where it is not there yet. */
  async claim(site: TargetSite): Promise<void> {
    if (this.#isMade) return this.store.mustBeOf(site)
    const { name, tables } = this.place
    // It is made under another name, and gets its own when it is whole.
    const born = workFile(this.place, "duckdb")
    try {
      mkdirSync(dirname(tables), { recursive: true })
      await this.engine.attach(born, "make")
      await this.store.make(site)
      await this.engine.exclusively(() => this.engine.run("checkpoint target"))
      await this.engine.detach()
      giveName(born, tables, name)
      await this.engine.attach(tables, "write")
      this.#isMade = true
    } catch (error) {
      rmSync(born, { force: true })
      throw failedOpening(name, error)
    }
  }

  async close(): Promise<void> {
    // Before the file is let go of: the next extract uses the same folder.
    if (this.#isMade) clearWork(this.place)
    await this.engine.close()
    try {
      rmdirSync(this.place.work)
    } catch {
      // It is gone, or another extract has begun.
    }
  }
}

/** Gives a file its name, unless somebody else has taken it meanwhile. */
const giveName = (file: string, path: string, name: string): void => {
  try {
    linkSync(file, path)
    rmSync(file)
  } catch (error) {
    if ((error as { readonly code?: string }).code === "EEXIST") {
      throw refused(name, "another extract has made it just now. Let that end.")
    }
    // A file system without links.
    renameSync(file, path)
  }
}

/** Takes away what an extract leaves beside its tables when it is killed. */
const clearWork = ({ work }: Place): void => {
  rmSync(work, { recursive: true, force: true })
}

/** A new path in the target's working folder. */
export const workFile = ({ work }: Place, ending: string): string => {
  mkdirSync(work, { recursive: true })
  return join(work, `${randomBytes(6).toString("hex")}.${ending}`)
}
