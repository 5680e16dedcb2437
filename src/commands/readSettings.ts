/** What of a config the readers of streams act on. */
import type { ConnectorConfig } from "../config/ConnectorConfig.ts"
import { makeScope } from "../site/Scope.ts"
import type { ReadSettings } from "../sync/services.ts"

export const readSettings = (config: ConnectorConfig): ReadSettings => ({
  bodyFormat: config.body_format,
  rowsCost: config.credentials.auth_type !== "api_token",
  workers: config.num_workers,
  lookbackMs: config.lookback_minutes * 60_000,
  reconcileIntervalHours: config.reconcile_interval_hours,
  maxDeletionPercent: config.max_deletion_percent,
  customContentTypes: [...new Set(config.custom_content_types)],
  scope: makeScope(config.filters),
})
