/**
 * Writes the file anew where what was replaced and deleted takes too much of it: DuckDB fills such holes hardly ever, and gives nothing
 * back. All that is in the file comes along, also what somebody else has put there. The new file takes the place of the old one at once,
 * and both are ours until then.
 */
import { chmodSync, renameSync, rmSync, statSync } from "node:fs"
import { FILE, literal } from "./duckdb.ts"
import { type Target, workFile } from "./target.ts"

/** A file is written anew when this part of it is holes, */
const MOST_HOLES = 0.1
/** or when this part is free, and that is so many bytes: DuckDB fills what is free. */
const MOST_FREE = 0.2
const FREE_BYTES = 16_000_000

const isWasteful = async ({ engine, store }: Target): Promise<boolean> => {
  if ((await store.waste()) > MOST_HOLES) return true
  const [size = {}] = await engine.ask(
    `select free_blocks, total_blocks, block_size from pragma_database_size() where database_name = ${literal(FILE)}`,
  )
  const [free, total, block] = [size["free_blocks"], size["total_blocks"], size["block_size"]].map(Number)
  return free! / total! > MOST_FREE && free! * block! > FREE_BYTES
}

/** Compacts the file where that is worth it. Where it cannot be done, the file stays as it is, which is as good but for its size. */
export const compact = (target: Target): Promise<void> =>
  target.engine.exclusively(async () => {
    const { engine, place } = target
    const path = workFile(place, "duckdb")
    try {
      await engine.run(`checkpoint ${FILE}`)
      if (!(await isWasteful(target))) return
      await engine.run(`attach ${literal(path)} as compacted (${engine.making})`)
      await engine.run(`copy from database ${FILE} to compacted`)
      await engine.run("update compacted.source_confluence.streams set holes = 0")
      await engine.run("checkpoint compacted")
      chmodSync(path, statSync(place.tables).mode & 0o777)
      renameSync(path, place.tables)
      await engine.run(`detach ${FILE}`)
    } catch {
      rmSync(path, { force: true })
    } finally {
      await engine.run("detach compacted").catch(() => undefined)
    }
  })
