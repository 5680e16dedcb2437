/** Which streams bring files, by the catalog and the config, and what fetches them. */
import { Layer } from "effect"
import { type ConnectorConfig, isCloud } from "../config/ConnectorConfig.ts"
import type { ApiBase } from "../confluence/ConfluenceClient.ts"
import type { ConfiguredStream } from "../protocol/ConfiguredCatalog.ts"
import { diskStaging } from "../sync/diskStaging.ts"
import { type FileLimits, fileLimits } from "../sync/FileLimits.ts"
import { Files } from "../sync/Files.ts"
import type { StreamFacts } from "../sync/StreamFacts.ts"
import type { CommandInput } from "./CommandInput.ts"

/** Which files of a stream are wanted; undefined: none. */
export type FileWishes = (facts: StreamFacts, stream: ConfiguredStream) => FileLimits | undefined

export const fileWishes = ({ attachments }: ConnectorConfig): FileWishes => {
  const limits = fileLimits(attachments.max_file_size_mb, attachments.media_types)
  return ({ isFileBased }, { includeFiles }) => (isFileBased === true && includeFiles === true ? limits : undefined)
}

/** What fetches the files of a stream, into the staging folder. Without limits nothing is fetched, and no folder is looked at. */
export const fetchedFiles = (
  input: CommandInput,
  config: ConnectorConfig,
  { baseUrl }: ApiBase,
  stream: string,
  limits: FileLimits | undefined,
) =>
  limits === undefined
    ? Files.none
    : Files.layer({
        limits,
        atOnce: config.num_workers,
        from: new URL(baseUrl),
        cloud: isCloud(input.deploymentMode),
      }).pipe(Layer.provide(input.staging ?? diskStaging(stream, input.stagingDirectory)))
