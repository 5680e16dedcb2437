/**
 * The staging folder on the disk: `<root>/<stream>/<id>/<name>`, and a folder of this process beside them for files that are not whole
 * yet, from where they are renamed. What a killed process has left there is cleared away by the next.
 */
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { Effect, Layer } from "effect"
import { DiskFile } from "./DiskFile.ts"
import { safeFileName, safeFolderName } from "./fileNames.ts"
import { type OpenFile, type StagedFile, Staging, StagingUnusable } from "./Staging.ts"

/** The platform's folder for files, where it has not named one. */
const USUAL = "/staging/files"

/** The folder that files go to: the platform's, else a temporary one of its own. */
export const stagingRoot = async (named: string | undefined): Promise<string> =>
  named !== undefined && named !== ""
    ? named
    : existsSync(USUAL)
      ? USUAL
      : mkdtemp(join(tmpdir(), "source-confluence-files-"))

const codeOf = (cause: unknown): string => {
  const error = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : ""
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
  EFBIG: "the file is too large for it",
  EACCES: "it may not be written by this user",
  EPERM: "it may not be written by this user",
  EROFS: "its file system is read-only",
  ENOTDIR: "a part of its path is no folder",
  EMFILE: "too many files are open",
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "Give it more room, or lower attachments.max_file_size_mb; the next sync goes on.",
  EDQUOT: "Give it more room, or lower attachments.max_file_size_mb; the next sync goes on.",
}

/** These may pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EMFILE", "EIO", "ENOENT"])

const failureIn =
  (stream: string, root: () => string) =>
  (cause: unknown): StagingUnusable => {
    const code = codeOf(cause)
    return new StagingUnusable({
      message:
        `${stream}: the files cannot be put into the staging folder ${root()} (${REASONS[code] ?? (code || "it cannot be written")}). ` +
        (ADVICE[code] ??
          "See that the folder named by AIRBYTE_STAGING_DIRECTORY is there and can be written; the next sync goes on."),
      internalMessage:
        cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause),
      failureType: PASSING.has(code) ? "transient_error" : "config_error",
    })
  }

const PARTIAL = ".partial-"

/** Whether the process that has left a folder of partial files is gone. Ours has not made any before this. */
const isLeft = (folder: string): boolean => {
  const pid = Number(folder.slice(PARTIAL.length).split("-")[0])
  if (!Number.isInteger(pid) || pid <= 0) return false
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === "ESRCH"
  }
}

/** Makes the folders at the first file, so that a stream without any leaves nothing behind. */
export const diskStaging = (
  stream: string,
  /** `AIRBYTE_STAGING_DIRECTORY`. */
  named: string | undefined,
): Layer.Layer<Staging> =>
  Layer.effect(
    Staging,
    Effect.gen(function* () {
      let root = named ?? USUAL
      const failure = failureIn(stream, () => root)
      const attempt = <A>(work: () => Promise<A>): Effect.Effect<A, StagingUnusable> =>
        Effect.tryPromise({ try: work, catch: failure })
      let number = 0
      let partial: string | undefined
      const prepared = yield* Effect.cached(
        attempt(async () => {
          root = resolve(await stagingRoot(named))
          const home = join(root, stream)
          await mkdir(home, { recursive: true })
          for (const each of await readdir(home)) {
            if (each.startsWith(PARTIAL) && isLeft(each)) await rm(join(home, each), { recursive: true, force: true })
          }
          partial = await mkdtemp(join(home, `${PARTIAL}${process.pid}-`))
          return { home, partial }
        }),
      )
      yield* Effect.addFinalizer(() =>
        partial === undefined
          ? Effect.void
          : Effect.promise(() => rm(partial!, { recursive: true, force: true }).catch(() => {})),
      )
      const keep = (file: DiskFile, home: string, id: string, name: string) =>
        attempt(async (): Promise<StagedFile> => {
          await file.end()
          const [folder, safe] = [safeFolderName(id), safeFileName(name)]
          const path = join(home, folder, safe)
          const isNew = (await mkdir(join(home, folder), { recursive: true })) !== undefined
          if (!isNew) {
            // An older version under another name.
            for (const other of await readdir(join(home, folder))) {
              if (other !== safe) await rm(join(home, folder, other), { recursive: true, force: true })
            }
          }
          await rename(file.path, path)
          return { path, relativePath: `${stream}/${folder}/${safe}`, bytes: file.length, sha256: file.digest() }
        })
      return {
        failure,
        open: (id, name) =>
          Effect.flatMap(prepared, ({ home, partial: folder }) =>
            Effect.map(
              attempt(() => DiskFile.create(join(folder, String(number++)))),
              (file): OpenFile => ({
                get length() {
                  return file.length
                },
                write: file.write,
                restart: file.restart,
                keep: keep(file, home, id, name),
                drop: Effect.promise(async () => {
                  await file.close().catch(() => {})
                  await rm(file.path, { force: true }).catch(() => {})
                }),
              }),
            ),
          ),
        remove: ({ path }) => Effect.promise(() => rm(path, { force: true }).catch(() => {})),
      }
    }),
  )
