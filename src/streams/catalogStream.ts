/** A stream as the catalog shows it (AirbyteStream of the protocol). */
import type { StreamDefinition } from "../sync/StreamDefinition.ts"

export const toCatalogStream = (
  {
    name,
    primaryKey,
    syncModes,
    cursor = "changedAt",
  }: Pick<StreamDefinition, "name" | "primaryKey" | "syncModes" | "cursor">,
  schema: object,
) => ({
  name,
  json_schema: schema,
  supported_sync_modes: syncModes,
  source_defined_cursor: true,
  ...(syncModes.includes("incremental") ? { default_cursor_field: [cursor] } : {}),
  source_defined_primary_key: primaryKey.map((column) => [column]),
  is_resumable: true,
})
