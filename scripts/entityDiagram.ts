/**
 * `docs/erd.md`: how the streams' tables hang together, from the keys in their schemas.
 *
 * Confluence names the columns that refer to another row the same way everywhere, so the name tells which table is meant. A
 * diagram shows no more than keys: `docs/streams.md` has every column.
 */

/** The table that a column refers to, by the column's name. */
const REFERENCES: Readonly<Record<string, string>> = {
  spaceId: "spaces",
  personalSpaceId: "spaces",
  pageId: "pages",
  homepageId: "pages",
  blogPostId: "blog_posts",
  attachmentId: "attachments",
  customContentId: "custom_content",
  parentCommentId: "comments",
  groupId: "groups",
  roleId: "space_roles",
  labelId: "labels",
  accountId: "users",
  authorId: "users",
  ownerId: "users",
  lastOwnerId: "users",
  spaceOwnerId: "users",
  resolutionLastModifierId: "users",
  createdBy: "users",
  assignedTo: "users",
  completedBy: "users",
}

/** What the diagram needs of a stream: its name, its primary key, and its columns in order. */
export interface Entity {
  readonly name: string
  readonly primaryKey: ReadonlyArray<string>
  readonly columns: ReadonlyArray<string>
}

/** A column that names a row of another table. */
export interface Reference {
  readonly from: string
  readonly column: string
  readonly to: string
}

/** The references between these streams; the only column of a primary key names its own row and is none. */
export const referencesBetween = (entities: ReadonlyArray<Entity>): ReadonlyArray<Reference> => {
  const names = new Set(entities.map(({ name }) => name))
  return entities.flatMap(({ name, primaryKey, columns }) =>
    columns.flatMap((column) => {
      const to = REFERENCES[column]
      const isOwnKey = primaryKey.length === 1 && primaryKey[0] === column
      return to !== undefined && names.has(to) && !isOwnKey ? [{ from: name, column, to }] : []
    }),
  )
}

/** The page with the diagram, in Mermaid's language (https://mermaid.js.org/syntax/entityRelationshipDiagram.html). */
export const entityDiagram = (entities: ReadonlyArray<Entity>): string => {
  const references = referencesBetween(entities)
  const tables = entities.map(({ name, primaryKey, columns }) => {
    const keys = columns.flatMap((column) => {
      const marks = [
        ...(primaryKey.includes(column) ? ["PK"] : []),
        ...(references.some(({ from, column: of }) => from === name && of === column) ? ["FK"] : []),
      ]
      return marks.length === 0 ? [] : [`    string ${column} ${marks.join(", ")}`]
    })
    return [`  ${name} {`, ...keys, "  }"].join("\n")
  })
  const lines = references.map(({ from, column, to }) => `  ${to} |o--o{ ${from} : ${column}`)
  return `<!-- Generated from schemas/ and src/streams/definitions/ by scripts/entityDiagram.ts. Do not edit; run: npm run generate -->

# How the streams hang together

Keys alone; [streams.md](streams.md) has every column. A reference may be null, or name a row that the credential cannot see.
\`parentId\`, \`containerId\` and their like refer to the stream that the type beside them names.

\`\`\`mermaid
erDiagram
${[...tables, ...lines].join("\n")}
\`\`\`
`
}
