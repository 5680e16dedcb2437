/**
 * Atlassian's OpenAPI documents. They are not part of the project; tests that compare with them find them in the folder that
 * CONFLUENCE_OPENAPI_DIR names, or beside the checkout, and are skipped where they are absent.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The documents of the Confluence Cloud REST API, version 1 and version 2, and of the administration API, as parsed JSON. */
export interface OpenApiDocuments {
  readonly v1: unknown
  readonly v2: unknown
  readonly admin: unknown
}

const folder =
  process.env["CONFLUENCE_OPENAPI_DIR"] ?? fileURLToPath(new URL("../../../shared/openapi", import.meta.url))

/** The documents, or undefined where they are absent, which stderr is then told. */
export const loadOpenApiDocuments = (): OpenApiDocuments | undefined => {
  const [v1, v2, admin] = ["confluence-v1.json", "confluence-v2.json", "admin-org.json"].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"))
  if ([v1, v2, admin].every((path) => existsSync(path))) return { v1: read(v1), v2: read(v2), admin: read(admin) }
  process.stderr.write(
    `No OpenAPI documents in ${folder}: what compares with them is skipped (CONFLUENCE_OPENAPI_DIR).\n`,
  )
  return undefined
}
