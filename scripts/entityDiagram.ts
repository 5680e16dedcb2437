/**
 * `docs/erd.md`: how the streams' tables hang together, from their schemas, in a diagram for each theme.
 *
 * Confluence names the columns that refer to another row the same way everywhere, so the name tells which table is meant. Where a
 * column may refer to several, the type beside it tells which.
 */

const CONTENT_TREE = ["pages", "folders", "whiteboards", "databases", "embeds"]
const RESTRICTED = ["pages", "blog_posts", "folders", "whiteboards", "databases", "embeds"]

/** The table, or the tables, that a column refers to, by the column's name. */
const REFERENCES: Readonly<Record<string, ReadonlyArray<string>>> = {
  spaceId: ["spaces"],
  personalSpaceId: ["spaces"],
  pageId: ["pages"],
  homepageId: ["pages"],
  blogPostId: ["blog_posts"],
  attachmentId: ["attachments"],
  customContentId: ["custom_content"],
  parentCommentId: ["comments"],
  groupId: ["groups"],
  roleId: ["space_roles"],
  labelId: ["labels"],
  sourceTemplateEntityId: ["templates"],
  accountId: ["users"],
  authorId: ["users"],
  ownerId: ["users"],
  lastOwnerId: ["users"],
  spaceOwnerId: ["users"],
  resolutionLastModifierId: ["users"],
  createdBy: ["users"],
  assignedTo: ["users"],
  completedBy: ["users"],
  principalId: ["users", "groups"],
  parentId: CONTENT_TREE,
  restrictedById: RESTRICTED,
}

/** The tables whose rows `contentId` names, by the stream that it is a column of. */
const CONTENTS: Readonly<Record<string, ReadonlyArray<string>>> = {
  content_labels: ["pages", "blog_posts", "attachments"],
  content_properties: [...RESTRICTED, "comments", "attachments", "custom_content"],
  content_restrictions: RESTRICTED,
  content_versions: ["pages", "blog_posts", "comments", "attachments", "custom_content"],
  content_views: ["pages", "blog_posts"],
  likes: ["pages", "blog_posts", "comments"],
}

/** The diagrams in their order; streams that no theme names are in the last one. */
const THEMES: ReadonlyArray<{ readonly title: string; readonly streams: ReadonlyArray<string> }> = [
  { title: "Content", streams: ["spaces", ...CONTENT_TREE, "blog_posts", "comments", "attachments", "custom_content"] },
  { title: "People", streams: ["users", "groups", "group_members", "likes"] },
  {
    title: "Permissions",
    streams: ["space_permissions", "space_roles", "space_role_assignments", "content_restrictions"],
  },
  { title: "Labels, properties, versions and the rest", streams: [] },
]

/** What the diagrams need of a stream: its name, its primary key, and its columns in order, with their types. */
export interface Entity {
  readonly name: string
  readonly primaryKey: ReadonlyArray<string>
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
}

/** A column that names a row of another table. */
export interface Reference {
  readonly from: string
  readonly column: string
  readonly to: string
}

const targetsOf = (stream: string, column: string): ReadonlyArray<string> =>
  (column === "contentId" ? CONTENTS[stream] : REFERENCES[column]) ?? []

/** The references between these streams; a column that is the whole primary key of a table is none to that table. */
export const referencesBetween = (entities: ReadonlyArray<Entity>): ReadonlyArray<Reference> => {
  const names = new Set(entities.map(({ name }) => name))
  return entities.flatMap(({ name, primaryKey, columns }) =>
    columns.flatMap(({ name: column }) => {
      const isOwnKey = primaryKey.length === 1 && primaryKey[0] === column
      return targetsOf(name, column).flatMap((to) =>
        names.has(to) && !(isOwnKey && to === name) ? [{ from: name, column, to }] : [],
      )
    }),
  )
}

/** The entities of each theme that has any; each is in exactly one. */
export const themesOf = (
  entities: ReadonlyArray<Entity>,
): ReadonlyArray<{ readonly title: string; readonly entities: ReadonlyArray<Entity> }> => {
  const named = new Set(THEMES.flatMap(({ streams }) => streams))
  return THEMES.map(({ title, streams }, index) => ({
    title,
    entities: entities.filter(({ name }) => (named.has(name) ? streams.includes(name) : index === THEMES.length - 1)),
  })).filter((theme) => theme.entities.length > 0)
}

const table = ({ name }: Entity, lines: ReadonlyArray<string>): string =>
  [`  ${name} {`, ...lines.map((line) => `    ${line}`), "  }"].join("\n")

/** A table of the diagram's own theme: all of its columns, with what they are keys of. */
const wholeTable = (entity: Entity, references: ReadonlyArray<Reference>): string =>
  table(
    entity,
    entity.columns.map(({ name, type }) => {
      const refers = references.some(({ from, column }) => from === entity.name && column === name)
      const marks = [...(entity.primaryKey.includes(name) ? ["PK"] : []), ...(refers ? ["FK"] : [])]
      return [type, name, ...(marks.length === 0 ? [] : [marks.join(", ")])].join(" ")
    }),
  )

/** A table of another theme: its primary key alone. */
const keyTable = (entity: Entity): string =>
  table(
    entity,
    entity.columns.filter(({ name }) => entity.primaryKey.includes(name)).map(({ name, type }) => `${type} ${name} PK`),
  )

/** A theme's diagram, in Mermaid's language (https://mermaid.js.org/syntax/entityRelationshipDiagram.html). */
const diagram = (
  own: ReadonlyArray<Entity>,
  all: ReadonlyArray<Entity>,
  references: ReadonlyArray<Reference>,
): string => {
  const drawn = references.filter(({ from }) => own.some(({ name }) => name === from))
  const others = all.filter((entity) => !own.includes(entity) && drawn.some(({ to }) => to === entity.name))
  return [
    "```mermaid",
    "erDiagram",
    ...own.map((entity) => wholeTable(entity, references)),
    ...others.map(keyTable),
    ...drawn.map(({ from, column, to }) => `  ${to} |o--o{ ${from} : ${column}`),
    "```",
  ].join("\n")
}

/** The page with a diagram for each theme. */
export const entityDiagram = (entities: ReadonlyArray<Entity>): string => {
  const references = referencesBetween(entities)
  const sections = themesOf(entities).map(
    ({ title, entities: own }) => `## ${title}\n\n${diagram(own, entities, references)}\n`,
  )
  return `<!-- Generated from schemas/ and src/streams/definitions/ by scripts/entityDiagram.ts. Do not edit; run: npm run generate -->

# How the streams hang together

A diagram for each theme. Each stream is in one of them with its columns, which [streams.md](streams.md) describes; a stream of another
theme that these refer to is there with its primary key alone. A reference may be null, or name a row that the credential cannot see.

A column with lines to several streams names a row of one of them, and the type beside it tells which: \`contentType\` for \`contentId\`,
\`parentType\` for \`parentId\`, \`restrictedByType\` for \`restrictedById\`, \`principalType\` for \`principalId\`. \`containerId\` repeats
\`pageId\`, \`blogPostId\`, \`attachmentId\` or \`customContentId\`, whichever is set. References within objects, such as \`version.authorId\`,
\`principal.id\` of space_permissions and \`author.accountId\` of audit_log, are not drawn.

${sections.join("\n")}`
}
