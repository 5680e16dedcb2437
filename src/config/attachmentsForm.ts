/** The part of the settings form that says which files of attachments are fetched (docs/files.md explains it). */
import * as allowed from "./settings.ts"

export const attachmentsForm = {
  title: "Files of Attachments",
  description:
    "Which files you get where your connection includes files. An attachment that these leave out still has its row, which says why. If you raise a limit, your next sync fetches what it had left out.",
  type: "object",
  additionalProperties: true,
  properties: {
    max_file_size_mb: {
      title: "Largest File",
      description: "The megabytes (of 1,000,000 bytes) above which you do without a file.",
      type: "number",
      ...allowed.maxFileSizeMb,
      examples: [100, 1000],
      order: 0,
    },
    media_types: {
      title: "Media Types",
      description:
        "The media types of the files that you want, such as application/pdf, or image/* for all of a family. You leave the list empty to get files of all types.",
      type: "array",
      items: {
        type: "string",
        pattern: allowed.mediaTypePattern,
        pattern_descriptor: "type/subtype or type/*",
      },
      default: [],
      examples: [["application/pdf", "image/*"]],
      order: 1,
    },
  },
  group: "files",
  order: 0,
} as const
