/** Attached files of pages and blog posts as they were at the start: their data, not their bytes. */
import type { Item, ItemSource } from "./Collection.ts"
import { type Container, containerFor } from "./comments.ts"
import type { IdScheme } from "./contentIds.ts"
import { authorOf, createdAt, editHistory } from "./pages.ts"
import { fileName } from "./prose.ts"
import { hash32, pick, seededUuid } from "./seededChance.ts"

/** An attached file; its title is the name of the file. */
export interface AttachmentItem extends Item {
  readonly container: Container
  status: "current" | "archived" | "trashed"
  mediaType: string
  readonly mediaTypeDescription: string | null
  comment: string
  fileId: string
  /** In bytes; beyond 2^31 now and then. */
  fileSize: number
  readonly createdAt: number
  /** Files of earlier versions, as far as anybody has replaced them. */
  earlier?: readonly { readonly number: number; readonly fileId: string; readonly fileSize: number }[]
}

/** What the generated attachments of one site depend on. */
export interface AttachmentSettings {
  readonly seed: number
  readonly count: number
  readonly ids: IdScheme
  readonly authors: readonly string[]
  readonly pageCount: number
  readonly blogPostCount: number
  /** Bytes of the largest file; undefined: as varied as in a real wiki. */
  readonly largestFile: number | undefined
  /** The time of versions that are dated ahead, in milliseconds; 0 = none is. */
  readonly datedAhead: number
}

const FILE = 51
const KIND = 4

/** Media type, its description and the ending of the name. */
const FILE_TYPES = [
  ["image/png", "PNG Image", ".png"],
  ["image/jpeg", "JPEG Image", ".jpg"],
  ["application/pdf", "PDF Document", ".pdf"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Microsoft Excel Spreadsheet", ".xlsx"],
  ["application/vnd.openxmlformats-officedocument.presentationml.presentation", "Microsoft Powerpoint", ".pptx"],
  ["text/plain", "Text File", ".log"],
  ["video/mp4", "Video", ".mp4"],
  ["application/octet-stream", null, ""],
] as const

const fileSizeOf = (hash: number, largest: number | undefined): number => {
  if (hash % 127 === 0 && hash % 499 !== 3) return 0
  if (largest !== undefined) return 1 + ((hash >>> 6) % largest)
  return hash % 499 === 3 ? 3_221_225_472 + (hash % 4096) : 512 + ((hash >>> 6) % 4_000_000)
}

/** The generated attachments of a site. */
export class AttachmentSource implements ItemSource<AttachmentItem> {
  readonly count: number
  private readonly s: AttachmentSettings

  constructor(settings: AttachmentSettings) {
    this.s = settings
    this.count = settings.count
  }

  readonly spaceOf = (): number => -1
  readonly title = (ordinal: number): string => this.item(ordinal).title

  readonly modifiedAt = (ordinal: number): number =>
    editHistory(this.s, KIND, ordinal, createdAt(this.s.seed + KIND, ordinal, this.count), 0.2).at

  /** 2 in 100 are in the trash, 1 is archived. */
  status(ordinal: number): AttachmentItem["status"] {
    const draw = hash32(this.s.seed, FILE + 1, ordinal) % 100
    return draw < 2 ? "trashed" : draw === 2 ? "archived" : "current"
  }

  readonly item = (ordinal: number): AttachmentItem => {
    const { seed, authors } = this.s
    const hash = hash32(seed, FILE, ordinal)
    const created = createdAt(seed + KIND, ordinal, this.count)
    const { number, at } = editHistory(this.s, KIND, ordinal, created, 0.2)
    const [mediaType, mediaTypeDescription, ending] = pick(FILE_TYPES, hash)
    return {
      ordinal,
      id: `att${this.s.ids.id(ordinal)}`,
      title: fileName(hash >>> 4, ordinal, ending),
      space: -1,
      container: containerFor(hash32(seed, FILE + 2, ordinal), ordinal, this.count, this.s),
      status: this.status(ordinal),
      mediaType,
      mediaTypeDescription,
      comment: hash % 5 === 0 ? "Uploaded from the plant’s scanner" : "",
      fileId: hash % 301 === 9 ? "UNKNOWN_MEDIA_ID" : seededUuid(seed, FILE + 3, ordinal),
      fileSize: fileSizeOf(hash, this.s.largestFile),
      createdAt: created,
      version: {
        number,
        at,
        message: number > 1 ? "Replaced the file" : "",
        minorEdit: (hash >>> 5) % 4 === 0,
        authorId: authorOf(seed, 25, ordinal, authors),
      },
      gone: false,
    }
  }
}
