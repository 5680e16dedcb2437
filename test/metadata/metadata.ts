/** The files that tell others what this connector is: metadata.yaml, as far as tests look at it, and any file by its path. */
import { readFileSync } from "node:fs"
import { parse } from "yaml"

/** The text of a file of the checkout. */
export const readText = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

interface Metadata {
  readonly metadataSpecVersion: string
  readonly data: {
    readonly definitionId: string
    readonly connectorType: string
    readonly dockerRepository: string
    readonly dockerImageTag: string
    readonly protocolVersion: string
    readonly license: string
    readonly icon: string
    readonly documentationUrl: string
    readonly erdUrl: string
    readonly maxSecondsBetweenMessages: number
    readonly supportsRefreshes: boolean
    readonly supportsFileTransfer: boolean
    readonly tags: ReadonlyArray<string>
    readonly allowedHosts: { readonly hosts: ReadonlyArray<string> }
    readonly suggestedStreams: { readonly streams: ReadonlyArray<string> }
  }
}

/** What metadata.yaml says. */
export const metadata = parse(readText("metadata.yaml")) as Metadata
