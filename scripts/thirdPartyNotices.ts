/**
 * The notices of what others wrote: the bundle holds their code, and their licences ask that their notices go with it.
 *
 * A plugin of the build. Which packages the bundle really holds, only the build knows.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

interface Chunk {
  readonly moduleIds?: ReadonlyArray<string>
}

interface BuildContext {
  readonly emitFile: (file: { readonly type: "asset"; readonly fileName: string; readonly source: string }) => unknown
}

interface PackageFacts {
  readonly name: string
  readonly version: string
  readonly license: string
}

const NOTICES = "THIRD_PARTY_NOTICES.txt"

/** The folder of the package that a module is of; undefined for a module of this project. */
const packageFolder = (moduleId: string): string | undefined =>
  /^\0?(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(moduleId)?.[1]

const noticeOf = (folder: string): string => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFacts
  const files = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file))
    .toSorted()
  if (files.length === 0)
    throw new Error(`The bundle holds code of ${name}, which comes without the text of its licence.`)
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim())
  return [`${name} ${version} (${license})`, ...texts].join("\n\n")
}

/** Adds `THIRD_PARTY_NOTICES.txt` to the bundle: name, version and licence texts of each package that has code in it. */
export const thirdPartyNotices = () => ({
  name: "third-party-notices",
  generateBundle(this: BuildContext, _options: unknown, bundle: Readonly<Record<string, Chunk>>): void {
    const modules = Object.values(bundle).flatMap(({ moduleIds }) => moduleIds ?? [])
    const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []))
    const heading = "source-confluence holds code of these packages, each under the licence that follows its name."
    const notices = [...folders].toSorted().map(noticeOf)
    const source = `${[heading, ...notices].join(`\n\n${"-".repeat(80)}\n\n`)}\n`
    this.emitFile({ type: "asset", fileName: NOTICES, source })
  },
})
