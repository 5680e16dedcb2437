/**
 * Holds an exchange with Confluence against Atlassian's OpenAPI documents: is the request one that they describe and do
 * not deprecate, and is a good answer of the shape that they promise? Where live sites are known to differ, a named
 * tolerance says so.
 */
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import type { OpenApiDocuments } from "./openapiDocuments.ts"

/** JSON from outside, read but not understood. */
type Json = { readonly [key: string]: unknown }

/** The sample site's own interface, and files that people serve: nothing of Atlassian's describes them. */
const NOT_ATLASSIANS = /^\/_control\/|\.csv$/
/** Newer than the document of the administration API: the search for people in directories, and their older list. */
const DIRECTORIES = /^\/admin\/v2\/orgs\/[^/]+\/directories(?:\/[^/]+\/users|\/-\/users\/search)?$/

/** What was asked: path with the query, as sent. */
export interface AskedRequest {
  readonly method: string
  /** From the root of the host: `/wiki/…`, or through the gateway. */
  readonly address: string
  readonly body?: string | undefined
}

/** What was answered. */
export interface GivenResponse {
  readonly status: number
  readonly body: Uint8Array | string
}

/** What describes single folders, whiteboards, databases and embeds. */
const TREE_SCHEMAS = ["FolderSingle", "WhiteboardSingle", "DatabaseSingle", "SmartLinkSingle"]

/** Fields that live sites send as null although the documents do not say so. */
const NULL_IN_PRACTICE: readonly {
  readonly document: "v1" | "v2"
  readonly schema: string
  readonly field: string
  readonly reason: string
}[] = [
  {
    document: "v2",
    schema: "PageBulk",
    field: "parentId",
    reason: "the field's description: null if there is no parent page",
  },
  { document: "v2", schema: "PageSingle", field: "parentId", reason: "as PageBulk" },
  { document: "v2", schema: "PageBulk", field: "parentType", reason: "goes with parentId" },
  { document: "v2", schema: "PageSingle", field: "parentType", reason: "goes with parentId" },
  {
    document: "v2",
    schema: "AttachmentBulk",
    field: "mediaTypeDescription",
    reason: "seen by confluence.js for unknown media types",
  },
  { document: "v2", schema: "AttachmentSingle", field: "mediaTypeDescription", reason: "as AttachmentBulk" },
  { document: "v2", schema: "User", field: "timeZone", reason: "hidden by the profile's privacy settings" },
  { document: "v2", schema: "User", field: "personalSpaceId", reason: "a user without a personal space" },
  { document: "v2", schema: "SpaceBulk", field: "homepageId", reason: "a space whose homepage was deleted" },
  { document: "v2", schema: "SpaceBulk", field: "description", reason: "not asked for" },
  { document: "v2", schema: "SpaceBulk", field: "icon", reason: "not asked for" },
  ...TREE_SCHEMAS.flatMap((schema) => [
    {
      document: "v2" as const,
      schema,
      field: "parentId",
      reason: "the field's description: null if there is no parent content",
    },
    { document: "v2" as const, schema, field: "parentType", reason: "goes with parentId" },
  ]),
]

/** Fields that live sites fill with more than the values that the documents list. */
const OPEN_IN_PRACTICE: readonly {
  readonly schema: string
  readonly path: readonly string[]
  readonly reason: string
}[] = [
  {
    schema: "SpacePermissionAssignment",
    path: ["principal", "type"],
    reason: "access-class is seen on live sites (confluence.js models)",
  },
  {
    schema: "SpacePermissionAssignment",
    path: ["operation", "key"],
    reason: "manage_users, archive_space and more are seen on live sites (confluence.js models)",
  },
]

/** Top-level fields of rows that live sites send beyond the documents. */
const BEYOND_THE_DOCUMENTS: Readonly<Record<string, string>> = {
  spaceOwnerId: "seen on live spaces (confluence.js models)",
  sourceTemplateEntityId: "seen on live pages (confluence.js models)",
  subtype: "on a single page as on a listed one",
  locale: "seen on live v1 users (confluence.js models)",
  accountStatus: "seen on live v1 users (confluence.js models)",
}

/** Atlassian's, but in no OpenAPI document: its own guides tell how to find the cloud id and how to sign in. */
const WITHOUT_DOCUMENT: ReadonlySet<string> = new Set([
  "/_edge/tenant_info",
  "/authorize",
  "/oauth/token",
  "/oauth/token/accessible-resources",
])

/** Where the paths of a document begin. */
const BASES = { v2: "/wiki/api/v2", v1: "", admin: "/admin" } as const
type DocumentName = keyof typeof BASES

interface Operation extends Json {
  readonly deprecated?: boolean
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: unknown
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly deprecated?: boolean
  readonly schema: Json
}

interface Found {
  readonly document: DocumentName
  readonly template: string
  readonly operation: Operation
  /** The parameters of the query that are declared. */
  readonly query: readonly Parameter[]
}

interface Route extends Found {
  readonly method: string
  readonly pattern: RegExp
}

const routeKey = (method: string, path: string): string => `${method} ${path.split("/").length}`

/** Validates exchanges by the documents. */
export class OpenapiValidator {
  private readonly documents: { readonly v1: Json; readonly v2: Json; readonly admin: Json }
  private readonly ajv: Ajv
  private readonly compiled = new Map<string, ValidateFunction>()
  private readonly routes: ReadonlyMap<string, readonly Route[]>

  constructor(documents: OpenApiDocuments) {
    this.documents = documents as { readonly v1: Json; readonly v2: Json; readonly admin: Json }
    this.ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false })
    addFormats.default(this.ajv)
    for (const name of ["v1", "v2", "admin"] as const)
      this.ajv.addSchema(converted(tolerant(documents, name)) as Json, name)
    this.routes = this.routesOfDocuments()
  }

  /** What is wrong with an exchange; an empty list when nothing is. */
  validateExchange(request: AskedRequest, response?: GivenResponse): string[] {
    const [path = "", query = ""] = request.address.replace(/^\/ex\/confluence\/[^/]+/, "").split("?", 2)
    if (WITHOUT_DOCUMENT.has(path) || NOT_ATLASSIANS.test(path) || DIRECTORIES.test(path)) return []
    const found = this.find(request.method.toLowerCase(), path)
    if (found === undefined) return [`${request.method} ${path} is not described`]
    const problems = found.operation.deprecated === true ? [`${request.method} ${found.template} is deprecated`] : []
    problems.push(...this.queryProblems(found, new URLSearchParams(query)), ...this.bodyProblems(found, request))
    if (response?.status === 200) problems.push(...this.answerProblems(found, request, response.body))
    return problems
  }

  private find(method: string, path: string): Found | undefined {
    return this.routes.get(routeKey(method, path))?.find(({ pattern }) => pattern.test(path))
  }

  /** All operations by their method and how many segments their paths have; the one with the fewest placeholders first. */
  private routesOfDocuments(): Map<string, Route[]> {
    const routes: Route[] = []
    for (const document of ["v2", "v1", "admin"] as const) {
      const paths = this.documents[document]["paths"] as Readonly<Record<string, Readonly<Record<string, Operation>>>>
      for (const [template, operations] of Object.entries(paths)) {
        const pattern = new RegExp(`^${`${BASES[document]}${template}`.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`)
        const shared = (operations["parameters"] ?? []) as readonly Parameter[]
        for (const [method, operation] of Object.entries(operations)) {
          if (method === "parameters") continue
          const query = [...shared, ...(operation.parameters ?? [])]
            .map((parameter) => this.resolved(document, parameter as never) as unknown as Parameter)
            .filter((parameter) => parameter.in === "query")
          routes.push({ method, document, template, operation, query, pattern })
        }
      }
    }
    // "/user/current" is itself before it is "/user/{something}".
    routes.sort((a, b) => a.template.split("{").length - b.template.split("{").length)
    return Map.groupBy(routes, ({ method, document, template }) => routeKey(method, BASES[document] + template))
  }

  private queryProblems({ document, template, query: declared }: Found, query: URLSearchParams): string[] {
    const problems: string[] = []
    for (const name of new Set(query.keys())) {
      const parameter = declared.find((candidate) => candidate.name === name)
      if (parameter === undefined) problems.push(`query parameter ${name} is not declared for ${template}`)
      else if (parameter.deprecated === true) problems.push(`query parameter ${name} of ${template} is deprecated`)
      else problems.push(...this.valueProblems(document, template, parameter, query.getAll(name)))
    }
    for (const { name, required } of declared)
      if (required === true && !query.has(name)) problems.push(`query parameter ${name} of ${template} is missing`)
    return problems
  }

  private valueProblems(
    document: DocumentName,
    template: string,
    parameter: Parameter,
    given: readonly string[],
  ): string[] {
    const schema = this.resolved(document, parameter.schema)
    const list = schema["type"] === "array"
    // The document says of a single value, too, what its "items" are: the sort of direct children.
    const item = schema["items"] === undefined ? schema : this.resolved(document, schema["items"] as Json)
    const value = list
      ? given.flatMap((text) => text.split(",")).map((text) => typed(text, item))
      : typed(given[0] ?? "", item)
    if (!list && given.length > 1)
      return [`query parameter ${parameter.name} of ${template} is given ${given.length} times`]
    const validate = this.compile(`${document} ${template} ${parameter.name}`, () =>
      converted(list ? { ...schema, items: item } : item),
    )
    return validate(value)
      ? []
      : [`query parameter ${parameter.name} of ${template}: ${this.ajv.errorsText(validate.errors)}`]
  }

  private bodyProblems({ document, template, operation }: Found, request: AskedRequest): string[] {
    if (operation.requestBody === undefined) return request.body ? ["a body was sent where none is described"] : []
    const body = this.resolved(document, operation.requestBody as Json)
    const schema = ((body["content"] as Json)["application/json"] as Json)["schema"] as Json
    const validate = this.compile(`${document} ${request.method} ${template} body`, () => converted(schema))
    return validate(JSON.parse(request.body ?? "null"))
      ? []
      : [`the body sent: ${this.ajv.errorsText(validate.errors)}`]
  }

  private answerProblems({ document, template }: Found, request: AskedRequest, body: Uint8Array | string): string[] {
    const pointer = `/paths/${template.replaceAll("~", "~0").replaceAll("/", "~1")}/${request.method.toLowerCase()}/responses/200/content/application~1json/schema`
    const reference = `${document}#${encodeURI(pointer)}`
    const validate = this.compile(reference, () => ({ $ref: reference }))
    const value = JSON.parse(Buffer.from(body).toString()) as Json
    const problems = validate(value)
      ? []
      : [`${template} answered: ${this.ajv.errorsText(validate.errors).slice(0, 600)}`]
    return [...problems, ...this.undeclaredFields(document, template, value)]
  }

  /** Each schema is compiled once: what is compiled is never given up again. */
  private compile(key: string, schema: () => unknown): ValidateFunction {
    const known = this.compiled.get(key)
    if (known !== undefined) return known
    const validate = this.ajv.compile(schema() as Json)
    this.compiled.set(key, validate)
    return validate
  }

  /** Top-level fields of the rows that no document and no sighting knows. */
  private undeclaredFields(document: DocumentName, template: string, value: Json): string[] {
    if (document !== "v2" || !Array.isArray(value["results"])) return []
    const paths = this.documents.v2["paths"] as Json
    const operation = ((paths[template] as Json)["get"] ?? (paths[template] as Json)["post"]) as Json
    const pointer = ["responses", "200", "content", "application/json", "schema", "properties", "results", "items"]
    const items = pointer.reduce<unknown>((at, step) => (at as Json | undefined)?.[step], operation)
    if (items === undefined) return []
    const known = Object.keys(this.resolved("v2", items as Json)["properties"] as Json)
    const fields = new Set(value["results"].flatMap((row: Json) => Object.keys(row)))
    return [...fields]
      .filter((field) => !known.includes(field) && BEYOND_THE_DOCUMENTS[field] === undefined)
      .map((field) => `${template} answered the undeclared field ${field}`)
  }

  private resolved(document: DocumentName, schema: Json): Json {
    const reference = schema["$ref"]
    if (typeof reference !== "string") return schema
    const steps = reference.replace(/^#\//, "").split("/")
    return this.resolved(
      document,
      steps.reduce<unknown>((at, step) => (at as Json)[step], this.documents[document]) as Json,
    )
  }
}

const typed = (text: string, schema: Json): unknown =>
  (schema["type"] === "integer" || schema["type"] === "number") && /^-?\d+$/.test(text)
    ? Number(text)
    : schema["type"] === "boolean" && (text === "true" || text === "false")
      ? text === "true"
      : text

/** The document with the tolerances written into it. */
const tolerant = (documents: OpenApiDocuments, name: DocumentName): Json => {
  const document = structuredClone(documents[name]) as Json
  const schemas = (document["components"] as Json)["schemas"] as Record<string, { properties: Record<string, Json> }>
  for (const { document: of, schema, field } of NULL_IN_PRACTICE)
    if (of === name) {
      const properties = schemas[schema]?.properties
      if (properties?.[field] === undefined) throw new Error(`no field ${field} in ${schema} to be tolerant about`)
      properties[field] = { anyOf: [properties[field], { type: "null" }] }
    }
  for (const { schema, path, reason } of name === "v2" ? OPEN_IN_PRACTICE : []) {
    const field = path.reduce<Json | undefined>(
      (at, step) => (at?.["properties"] as Json | undefined)?.[step] as Json | undefined,
      schemas[schema],
    ) as { enum?: unknown } | undefined
    if (field?.enum === undefined) throw new Error(`no values of ${schema}.${path.join(".")} to open: ${reason}`)
    delete field.enum
  }
  // "null for ids that do not exist or cannot be viewed", says the operation, but not its schema.
  const types = schemas["ContentIdToContentTypeResponse"]?.properties["results"] as
    | { additionalProperties: Json }
    | undefined
  if (types !== undefined) types.additionalProperties = { anyOf: [types.additionalProperties, { type: "null" }] }
  return document
}

/** OpenAPI 3.0's `nullable` as JSON Schema says it. */
const converted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(converted)
  if (typeof value !== "object" || value === null) return value
  const { nullable, ...whole } = value as Json
  // Beside a reference only what it leads to counts. The document calls texts with a list of values "object" there.
  const { type: _, ...referring } = whole
  const rest = typeof whole["$ref"] === "string" ? referring : whole
  const result = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, converted(part)]))
  return nullable === true ? { anyOf: [result, { type: "null" }] } : result
}
