/** Every bad config of the tests. */
import type { BadConfig } from "./badConfig.ts"
import { badFilters } from "./badFilters.ts"
import { badSettings } from "./badSettings.ts"
import { badSites } from "./badSites.ts"

export const badConfigs: ReadonlyArray<BadConfig> = [...badSites, ...badFilters, ...badSettings]
