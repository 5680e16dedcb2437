/**
 * Runs the image without Docker: by buildah as the platform runs a connector, and by a namespace of its own as a container's
 * first process. `integration_tests/image/run` builds the image and says where buildah has it.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type ConnectorRun, type InputFiles, parseMessages, splitLines } from "../../test/support/runConnector.ts"

const setting = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: these tests are run by integration_tests/image/run`)
  return value
}

const [buildah = "buildah", ...storage] = setting("IMAGE_TEST_BUILDAH").split(" ")
const work = setting("IMAGE_TEST_FOLDER")

/** The image under test, and the one that its Dockerfile begins with. */
export const CANDIDATE = "localhost/source-confluence:candidate"
export const BASE = "docker.io/library/node:24-bookworm-slim"

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

const ended = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    child.stdout!.on("data", (chunk: Buffer) => out.push(chunk))
    child.stderr!.on("data", (chunk: Buffer) => err.push(chunk))
    child.once("error", reject)
    child.once("close", (exitCode) =>
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), exitCode }),
    )
  })

const started = (command: string, args: ReadonlyArray<string>): ChildProcess =>
  spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] })

/** What buildah answers; an error where it fails. */
const ask = async (...args: ReadonlyArray<string>): Promise<string> => {
  const { stdout, stderr, exitCode } = await ended(started(buildah, [...storage, ...args]))
  if (exitCode !== 0) throw new Error(`buildah ${args.join(" ")} ended with ${exitCode}: ${stderr}`)
  return stdout.trim()
}

/** What an image says of itself (OCI image configuration), and the sizes of its layers in bytes. */
export interface ImageFacts {
  readonly user: string
  readonly workingFolder: string
  readonly entrypoint: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly layers: ReadonlyArray<{ readonly digest: string; readonly size: number }>
}

/** The facts of an image in buildah's store. */
export const inspectImage = async (image: string): Promise<ImageFacts> => {
  const { OCIv1, Manifest } = JSON.parse(await ask("inspect", "--type", "image", image)) as {
    readonly OCIv1: {
      readonly config: {
        readonly User: string
        readonly WorkingDir: string
        readonly Entrypoint?: ReadonlyArray<string>
        readonly Env: ReadonlyArray<string>
        readonly Labels?: Readonly<Record<string, string>>
      }
    }
    readonly Manifest: string
  }
  const { User, WorkingDir, Entrypoint = [], Env, Labels = {} } = OCIv1.config
  return {
    user: User,
    workingFolder: WorkingDir,
    entrypoint: Entrypoint,
    environment: Object.fromEntries(Env.map((pair) => pair.split(/=(.*)/s, 2) as [string, string])),
    labels: Labels,
    layers: (JSON.parse(Manifest) as Pick<ImageFacts, "layers">).layers,
  }
}

/** A container that was made of an image, and where its files are. */
export interface Container {
  readonly name: string
  readonly root: string
}

/** Makes a container; it goes away with the whole store. */
export const openContainer = async (image: string): Promise<Container> => {
  const name = await ask("from", "--pull-never", image)
  return { name, root: await ask("mount", name) }
}

/** Runs a script of the container's shell, as the image's user and in its folder. */
export const runScript = ({ name }: Container, script: string): Promise<Ended> =>
  ended(started(buildah, [...storage, "run", "--isolation", "chroot", name, "--", "sh", "-c", script]))

/**
 * What the platform's launcher does, in our words: the entrypoint is evaluated by the shell in some other folder, stdout and
 * stderr are named pipes that others read, and a marker file asks for the end. By `exec` the signal reaches the connector and
 * not a shell above it, which would end alone and let the connector read on.
 */
const LAUNCH = `
elsewhere=$(mktemp -d) && cd "$elsewhere" || exit 1
mkfifo /source/out /source/err
cat /source/out >/source/stdout &
cat /source/err >/source/stderr &
(eval "exec $AIRBYTE_ENTRYPOINT $0" >/source/out 2>/source/err) &
connector=$!
(until [ -e /source/TERMINATED ]; do sleep 0.05; done; kill "$connector") &
watcher=$!
wait "$connector"
echo $? >/source/exitCode
kill "$watcher"
wait
rmdir "$elsewhere"
`

/** The names that the platform gives its files. */
const NAMES = { config: "connectorConfig.json", catalog: "catalog.json", state: "inputState.json" } as const

/** A run as the platform starts it: what the connector has written so far, and how to ask for its end. */
export interface PlatformRun {
  readonly written: () => string
  readonly terminate: () => void
}

/** Runs a command of the protocol as the platform does; `watch` sees the run while it is under way, every 50 ms. */
export const runAsPlatform = async (
  { name }: Container,
  command: string,
  files: InputFiles,
  watch: (run: PlatformRun) => void = () => undefined,
  jobId = "1",
): Promise<ConnectorRun> => {
  const source = mkdtempSync(join(work, "source-"))
  chmodSync(source, 0o777)
  const flags = Object.entries(files).map(([flag, content]) => {
    const file = NAMES[flag as keyof InputFiles]
    writeFileSync(join(source, file), JSON.stringify(content))
    return `--${flag} /source/${file}`
  })
  const read = (file: string): string => readFileSync(join(source, file), "utf8")
  const commandLine = [command, ...flags].join(" ")
  const child = started(buildah, [
    ...storage,
    "run",
    "--isolation",
    "chroot",
    "--volume",
    `${source}:/source`,
    "--env",
    `WORKER_JOB_ID=${jobId}`,
    name,
    "--",
    "sh",
    "-c",
    LAUNCH,
    commandLine,
  ])
  const run: PlatformRun = {
    written: () => {
      try {
        return read("stdout")
      } catch {
        return ""
      }
    },
    terminate: () => writeFileSync(join(source, "TERMINATED"), ""),
  }
  const watching = setInterval(() => watch(run), 50)
  const launcher = await ended(child)
  clearInterval(watching)
  if (launcher.exitCode !== 0) throw new Error(`The launcher ended with ${launcher.exitCode}: ${launcher.stderr}`)
  const { lines, unfinished } = splitLines(read("stdout"))
  const status = Number(read("exitCode"))
  const facts = { lines, unfinished, messages: parseMessages(lines), stderr: read("stderr") }
  rmSync(source, { recursive: true })
  return { ...facts, exitCode: status, signal: status === 143 ? "SIGTERM" : null }
}

/** How a container is set up whose first process is the connector. */
export interface FirstProcessOptions {
  /** Files below /sys/fs/cgroup. */
  readonly cgroup?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Sees the process id outside the container with each piece of stdout. */
  readonly onOutput?: (pid: number, chunk: Buffer) => void
}

const ENTER = `
root=$1
shift
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/sys"
mkdir -p "$root/sys/fs/cgroup/memory"
while [ "$1" != -- ]; do
  echo "$2" >"$root/sys/fs/cgroup/$1"
  shift 2
done
shift
exec env -i "$@"
`

/** Runs the image's entrypoint as `docker run` does: as process 1, as user 1000, with its own /proc and /sys. */
export const runAsFirstProcess = (
  { root }: Container,
  { entrypoint, environment }: ImageFacts,
  args: ReadonlyArray<string>,
  { cgroup = {}, env = {}, onOutput }: FirstProcessOptions = {},
): Promise<Ended> => {
  const variables = Object.entries({ HOME: "/airbyte", ...environment, ...env }).map(
    ([key, value]) => `${key}=${value}`,
  )
  const namespace = ["--mount", "--pid", "--fork", "--kill-child"]
  const files = [root, ...Object.entries(cgroup).flat(), "--"]
  const command = [...variables, "chroot", "--userspec=1000:1000", root, ...entrypoint, ...args]
  const child = started("unshare", [...namespace, "sh", "-ec", ENTER, "sh", ...files, ...command])
  if (onOutput !== undefined) {
    child.stdout!.on("data", (chunk: Buffer) => {
      const [pid] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ")
      onOutput(Number(pid), chunk)
    })
  }
  return ended(child)
}
