/**
 * Writes everything that follows from other files: row types and schemas of the streams, their registry and endpoints, the
 * settings form, a configured catalog of all streams, and the tables of the documentation. `node scripts/generate.ts` writes; `--check` names what is out of date and exits 1.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, dirname, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { compile, type JSONSchema } from "json-schema-to-typescript"
import { authTypes } from "../src/config/settings.ts"
import { specification } from "../src/config/specification.ts"
import { type Endpoint, eachOnce, scopesFor, SIGN_IN } from "../src/confluence/scopes.ts"
import type { SyncMode } from "../src/protocol/ConfiguredCatalog.ts"
import { toCatalogStream } from "../src/streams/catalogStream.ts"
import { DOUBTS } from "../test/simulation/doubts.ts"
import { entityDiagram } from "./entityDiagram.ts"

/** What the generated files need of a stream's definition (src/streams/definitions/<stream>.ts). */
interface StreamFacts {
  readonly name: string
  readonly primaryKey: ReadonlyArray<string>
  readonly syncModes: ReadonlyArray<SyncMode>
  readonly endpoints: ReadonlyArray<Endpoint>
}

interface ColumnSchema {
  readonly type: ReadonlyArray<string>
  readonly description: string
  readonly airbyte_type?: string
  readonly properties?: { readonly [name: string]: ColumnSchema }
  readonly items?: ColumnSchema
}

interface StreamSchema {
  readonly title: string
  readonly description: string
  readonly properties: { readonly [name: string]: ColumnSchema }
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const fromRoot = (path: string): string => resolve(root, path)
const read = (path: string): string => readFileSync(fromRoot(path), "utf8")

/** The order in which streams are documented and discovered; streams that are not named here follow by the alphabet. */
const FIRST = ["spaces", "pages", "blog_posts", "comments", "attachments", "users", "groups", "group_members"]

const rank = (stream: string): number => (FIRST.includes(stream) ? FIRST.indexOf(stream) : FIRST.length)

const stemsIn = (folder: string, extension: string): ReadonlyArray<string> =>
  existsSync(fromRoot(folder))
    ? readdirSync(fromRoot(folder))
        .filter((file) => file.endsWith(extension))
        .map((file) => basename(file, extension))
        .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    : []

const camelCase = (stem: string): string => stem.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
const pascalCase = (stem: string): string => camelCase(`_${stem}`)

const header = (source: string): string =>
  `// Generated from ${source} by scripts/generate.ts. Do not edit; run: npm run generate\n\n`

/**
 * A text as the project's formatter writes it, so that `--check` and the format check never disagree. The formatter gets the
 * name alone: it would leave a text from an ignored folder as it is.
 */
const formatted = (path: string, text: string): string =>
  execFileSync(fromRoot("node_modules/.bin/oxfmt"), ["--stdin-filepath", basename(path)], {
    cwd: root,
    input: text,
    encoding: "utf8",
  })

const loadDefinition = async (stem: string): Promise<StreamFacts> => {
  const path = `src/streams/definitions/${stem}.ts`
  const module = (await import(pathToFileURL(fromRoot(path)).href)) as {
    readonly [name: string]: StreamFacts | undefined
  }
  const facts = module[camelCase(stem)]
  if (facts === undefined) throw new Error(`${path} must export "${camelCase(stem)}"`)
  if (facts.name !== stem) throw new Error(`${path} must define the stream "${stem}", but its name is "${facts.name}"`)
  return facts
}

const rowTypes = async (schemas: ReadonlyMap<string, StreamSchema>): Promise<string> => {
  const types: Array<string> = []
  for (const [stem, { title: _, ...schema }] of schemas) {
    types.push(
      await compile(schema as unknown as JSONSchema, `${pascalCase(stem)}Row`, { bannerComment: "", format: false }),
    )
  }
  return header("schemas/*.json") + types.join("\n")
}

const schemaModule = (stems: ReadonlyArray<string>): string => `${header("the files in schemas/")}${stems
  .map((stem) => `import ${camelCase(stem)} from "../../schemas/${stem}.json" with { type: "json" }\n`)
  .join("")}
/** A JSON Schema (draft-07) of the rows of a stream. */
export interface StreamSchema {
  readonly title: string
  readonly description: string
  readonly properties: { readonly [column: string]: unknown }
  readonly [keyword: string]: unknown
}

/** The schema of each stream by its name. */
export const schemas: { readonly [stream: string]: StreamSchema } = {
${stems.map((stem) => `  ${stem}${stem === camelCase(stem) ? "" : `: ${camelCase(stem)}`},\n`).join("")}}
`

const registry = (stems: ReadonlyArray<string>): string => `${header("the files in src/streams/definitions/")}${stems
  .map((stem) => `import { ${camelCase(stem)} } from "../streams/definitions/${stem}.ts"\n`)
  .join("")}import type { StreamDefinition } from "../sync/StreamDefinition.ts"

/** Every stream, in the order in which the catalog names them. */
export const streams: ReadonlyArray<StreamDefinition> = [${stems.map(camelCase).join(", ")}]
`

const pathsOf = ({ endpoints }: StreamFacts): ReadonlyArray<string> => [...new Set(endpoints.map(({ path }) => path))]

const everyEndpointOf = (definitions: ReadonlyArray<StreamFacts>): ReadonlyArray<Endpoint> =>
  definitions.flatMap(({ endpoints }) => endpoints)

const endpointsModule = (definitions: ReadonlyArray<StreamFacts>): string => `${header(
  "the files in src/streams/definitions/",
)}import type { Endpoint } from "../confluence/scopes.ts"

/** The endpoints that each stream reads, for whoever needs nothing else of the streams. */
export const endpoints: { readonly [stream: string]: ReadonlyArray<Endpoint> } = ${JSON.stringify(
  Object.fromEntries(definitions.map((facts) => [facts.name, facts.endpoints])),
)}
`

const code = (text: string): string => `\`${text}\``
const row = (...cells: ReadonlyArray<string>): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`
const syncModes = (facts: StreamFacts): string => facts.syncModes.map((mode) => mode.replaceAll("_", " ")).join(", ")

/** The README's table: what the rows of each stream are, by the first sentence of its description. The rest is in docs/streams.md. */
const streamTable = (schemas: ReadonlyMap<string, StreamSchema>, definitions: ReadonlyArray<StreamFacts>): string =>
  row("stream", "rows", "primary key", "sync modes") +
  row("---", "---", "---", "---") +
  definitions
    .map((facts) =>
      row(
        `[${facts.name}](docs/streams.md#${facts.name})`,
        schemas.get(facts.name)!.description.split(/(?<=[.]) /)[0]!,
        facts.primaryKey.map(code).join(", "),
        syncModes(facts),
      ),
    )
    .join("")

/** What `source-confluence scopes` prints for each stream and for all of them, by the way to sign in. */
const scopeTable = (definitions: ReadonlyArray<StreamFacts>): string => {
  const line = (name: string, endpoints: ReadonlyArray<Endpoint>) =>
    row(name, ...authTypes.map((authType) => scopesFor(endpoints, authType).map(code).join("<br>")))
  return (
    row("stream", ...authTypes.map(code)) +
    row("---", ...authTypes.map(() => "---")) +
    definitions.map(({ name, endpoints }) => line(name, endpoints)).join("") +
    line(
      "all of them",
      definitions.flatMap(({ endpoints }) => endpoints),
    )
  )
}

const endpointTable = (definitions: ReadonlyArray<StreamFacts>): string =>
  row("endpoint", "scopes", "read by") +
  row("---", "---", "---") +
  eachOnce([SIGN_IN, ...everyEndpointOf(definitions)])
    .map(({ path, scopes }) => {
      const readers = definitions.filter((facts) => pathsOf(facts).includes(path)).map(({ name }) => name)
      const choices = scopes.map((set) => set.map(code).join(" and "))
      return row(code(path), choices.join(", or "), readers.length === 0 ? "signing in" : readers.join(", "))
    })
    .join("")

const typeOf = (column: ColumnSchema): string => {
  if (column.airbyte_type === "timestamp_with_timezone") return "timestamp with time zone"
  const types = column.type.filter((type) => type !== "null")
  return types.length === 1 ? types.join() : "any"
}

const columnRows = (columns: StreamSchema["properties"], prefix: string): string =>
  Object.entries(columns)
    .map(([name, column]) => {
      const path = `${prefix}${name}`
      const inside = column.properties ?? column.items?.properties ?? {}
      return (
        row(code(path), typeOf(column), column.description) + columnRows(inside, `${path}${column.items ? "[]." : "."}`)
      )
    })
    .join("")

const streamPage = (stem: string, schema: StreamSchema, facts: StreamFacts | undefined): string =>
  [
    `## ${stem}\n\n${schema.description}\n\n`,
    facts === undefined
      ? ""
      : `- Primary key: ${facts.primaryKey.map(code).join(", ")}\n- Sync modes: ${syncModes(facts)}\n` +
        `- Endpoints: ${pathsOf(facts).map(code).join(", ")}\n- Scopes of an API token: ${scopesFor(facts.endpoints, "api_token").map(code).join(", ")}\n\n`,
    row("column", "type", "description"),
    row("---", "---", "---"),
    columnRows(schema.properties, ""),
  ].join("")

const streamDocumentation = (
  schemas: ReadonlyMap<string, StreamSchema>,
  definitions: ReadonlyArray<StreamFacts>,
): string =>
  [
    "<!-- Generated from schemas/ and src/streams/definitions/ by scripts/generate.ts. Do not edit; run: npm run generate -->\n\n",
    "# Streams\n\nEvery column may be null. Fields inside an object that are not listed here are passed on as the API sends them.\n\n",
    ...[...schemas].map(
      ([stem, schema]) =>
        `${streamPage(
          stem,
          schema,
          definitions.find(({ name }) => name === stem),
        )}\n`,
    ),
  ].join("")

/** What nobody has said about the API, and how the sample site answers. */
const doubtTable = (): string =>
  row("doubt", "option of the sample site", "answers", "where the code takes care", "test") +
  row("---", "---", "---", "---", "---") +
  DOUBTS.map(({ doubt, option, answers, care, tests }) =>
    row(doubt, code(option), answers.join("; "), care.map(code).join("<br>"), tests.map(code).join("<br>")),
  ).join("")

/** A document with the tables between its markers replaced; without the document there is nothing to write. */
const withTables = (
  path: string,
  tables: { readonly [marker: string]: string },
): ReadonlyArray<readonly [string, string]> => {
  if (!existsSync(fromRoot(path))) return []
  const text = Object.entries(tables).reduce(
    (document, [marker, table]) =>
      document.replace(
        new RegExp(`(?<=<!-- generated: ${marker} -->\n)[^]*?(?=<!-- /generated -->)`),
        () => `\n${formatted("table.md", table)}\n`,
      ),
    read(path),
  )
  return [[path, text]]
}

const check = process.argv.includes("--check")

/** Writes what differs from the files as they are, or in a check names it. */
const settle = (files: ReadonlyArray<readonly [string, string]>): void => {
  for (const [path, text] of files) {
    if (existsSync(fromRoot(path)) && read(path) === text) continue
    if (check) {
      process.exitCode = 1
      process.stderr.write(`out of date: ${path}\n`)
    } else {
      mkdirSync(dirname(fromRoot(path)), { recursive: true })
      writeFileSync(fromRoot(path), text)
      process.stderr.write(`written: ${path}\n`)
    }
  }
}

const file = (path: string, text: string) => [path, formatted(path, text)] as const

const schemas = new Map(
  stemsIn("schemas", ".json").map((stem) => [stem, JSON.parse(read(`schemas/${stem}.json`)) as StreamSchema]),
)
const definitionStems = stemsIn("src/streams/definitions", ".ts")
settle([
  file("src/generated/rows.ts", await rowTypes(schemas)),
  file("src/generated/schemas.ts", schemaModule([...schemas.keys()])),
  file("src/generated/streams.ts", registry(definitionStems)),
])

// Definitions may import what was just written, so they are loaded only now.
const definitions = await Promise.all(definitionStems.map(loadDefinition))
for (const { name } of definitions) {
  if (!schemas.has(name)) throw new Error(`the stream "${name}" has no schema: schemas/${name}.json is missing`)
}
const wholeCatalog = {
  streams: definitions.map((facts) => ({
    stream: toCatalogStream(facts, schemas.get(facts.name)!),
    sync_mode: "full_refresh",
    destination_sync_mode: "overwrite",
  })),
}

const entities = definitions.map(({ name, primaryKey }) => ({
  name,
  primaryKey,
  columns: Object.entries(schemas.get(name)!.properties).map(([column, schema]) => ({
    name: column,
    type: typeOf(schema).split(" ")[0]!,
  })),
}))

const everyEndpoint = everyEndpointOf(definitions)

settle([
  file("src/generated/endpoints.ts", endpointsModule(definitions)),
  file("src/generated/spec.json", JSON.stringify(specification(scopesFor(everyEndpoint, "oauth2.0")))),
  file("integration_tests/configured_catalog.json", JSON.stringify(wholeCatalog)),
  file("docs/erd.md", entityDiagram(entities)),
  file("docs/streams.md", streamDocumentation(schemas, definitions)),
  ...withTables("README.md", { streams: streamTable(schemas, definitions) }),
  ...withTables("docs/authentication.md", {
    scopes: scopeTable(definitions),
    endpoints: endpointTable(definitions),
  }),
  ...withTables("docs/simulation.md", { doubts: doubtTable() }),
])
