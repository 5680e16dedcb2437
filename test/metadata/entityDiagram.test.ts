/** The diagrams of the streams: up to date, true to the schemas, each stream in one of them. */
import { assert, describe, it } from "@effect/vitest"
import { entityDiagram, referencesBetween, themesOf } from "../../scripts/entityDiagram.ts"
import { schemas } from "../../src/generated/schemas.ts"
import { streams } from "../../src/generated/streams.ts"
import { readText } from "./metadata.ts"

const page = readText("docs/erd.md")

interface Drawn {
  readonly title: string
  /** The columns of each table, with their types and marks. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly references: ReadonlyArray<string>
}

/** The diagrams as the page has them. */
const diagrams: ReadonlyArray<Drawn> = [...page.matchAll(/^## (.+)\n\n```mermaid\nerDiagram\n([^]*?)^```$/gm)].map(
  ([, title, body]) => ({
    title: title!,
    tables: new Map(
      [...body!.matchAll(/^  (\w+) \{\n([^}]*)^  \}$/gm)].map(([, table, columns]) => [
        table!,
        new Map(
          [...columns!.matchAll(/^    (\w+) (\w+)(?: (.+))?$/gm)].map(([, type, name, marks]) => [
            name!,
            `${type} ${marks ?? ""}`.trim(),
          ]),
        ),
      ]),
    ),
    references: [...body!.matchAll(/^  (\w+) \|o--o\{ (\w+) : (\w+)$/gm)].map(
      ([, to, from, column]) => `${from}.${column} → ${to}`,
    ),
  }),
)

const columnsOf = (stream: string): ReadonlyArray<string> => Object.keys(schemas[stream]!.properties)
const hasAllOf =
  (stream: string) =>
  ({ tables }: Drawn) =>
    tables.get(stream)?.size === columnsOf(stream).length

describe("docs/erd.md", () => {
  it("has a diagram for each theme", () => {
    assert.deepEqual(
      diagrams.map(({ title }) => title),
      ["Content", "People", "Permissions", "Labels, properties, versions and the rest"],
    )
  })

  it.each(streams)(
    "shows $name in one of them with its columns, elsewhere with its key alone",
    ({ name, primaryKey }) => {
      const [own, ...further] = diagrams.filter(hasAllOf(name))
      assert.isDefined(own, "a diagram with all columns")
      assert.isEmpty(further)
      const columns = own!.tables.get(name)!
      assert.sameMembers([...columns.keys()], [...columnsOf(name)])
      for (const [column, text] of columns) assert.strictEqual(/ PK\b/.test(text), primaryKey.includes(column), column)
      for (const { tables } of diagrams.filter((diagram) => diagram !== own && diagram.tables.has(name)))
        assert.sameMembers([...tables.get(name)!.keys()], [...primaryKey])
    },
  )

  it("draws each reference once, beside the columns that it comes from, between tables that are there", () => {
    const all = diagrams.flatMap(({ references }) => references)
    assert.strictEqual(new Set(all).size, all.length)
    for (const { references, tables } of diagrams) {
      for (const reference of references) {
        const [, from, column, to] = /^(\w+)\.(\w+) → (\w+)$/.exec(reference)!
        assert.match(tables.get(from!)?.get(column!) ?? "", /\bFK$/, reference)
        assert.isTrue(tables.has(to!), reference)
      }
    }
  })

  const drawn = diagrams.flatMap(({ references }) => references)

  it.each([
    ["pages.spaceId", ["spaces"]],
    ["pages.parentId", ["pages", "folders", "whiteboards", "databases", "embeds"]],
    ["pages.authorId", ["users"]],
    ["comments.pageId", ["pages"]],
    ["comments.parentCommentId", ["comments"]],
    ["attachments.customContentId", ["custom_content"]],
    ["group_members.groupId", ["groups"]],
    ["group_members.accountId", ["users"]],
    ["space_role_assignments.principalId", ["users", "groups"]],
    ["content_restrictions.restrictedById", ["pages", "blog_posts", "folders", "whiteboards", "databases", "embeds"]],
    ["content_labels.contentId", ["pages", "blog_posts", "attachments"]],
    ["content_labels.labelId", ["labels"]],
    ["content_views.contentId", ["pages", "blog_posts"]],
    ["likes.contentId", ["pages", "blog_posts", "comments"]],
    ["pages.sourceTemplateEntityId", ["templates"]],
    ["templates.spaceId", ["spaces"]],
    ["users.accountId", []],
  ] as const)("leads from %s to %j", (column, tables) => {
    const found = drawn.filter((reference) => reference.startsWith(`${column} → `))
    assert.sameMembers(
      found,
      tables.map((table) => `${column} → ${table}`),
    )
  })

  it("leads from every contentId to each stream of the types that its contentType tells", () => {
    const ofType: Readonly<Record<string, string>> = {
      page: "pages",
      blogpost: "blog_posts",
      comment: "comments",
      attachment: "attachments",
      "custom-content": "custom_content",
      folder: "folders",
      whiteboard: "whiteboards",
      database: "databases",
      embed: "embeds",
    }
    const named = streams.filter(({ name }) => columnsOf(name).includes("contentId"))
    assert.isAbove(named.length, 5)
    for (const { name } of named) {
      const { description } = schemas[name]!.properties["contentType"] as { readonly description: string }
      const types = description
        .replace(/^[^:]*: /, "")
        .match(/[a-z-]+/g)!
        .filter((word) => word in ofType)
      assert.sameMembers(
        drawn.filter((reference) => reference.startsWith(`${name}.contentId → `)),
        types.map((type) => `${name}.contentId → ${ofType[type]}`),
        name,
      )
    }
  })

  it("leaves a reference out where the table that it leads to is not there", () => {
    const columns = ["id", "spaceId", "authorId"].map((name) => ({ name, type: "string" }))
    const pages = { name: "pages", primaryKey: ["id"], columns }
    assert.deepEqual(referencesBetween([pages]), [])
    assert.notInclude(entityDiagram([pages]), "FK")
  })

  it("puts a stream that no theme names into the last one", () => {
    const pages = { name: "pages", primaryKey: ["id"], columns: [{ name: "id", type: "string" }] }
    const themes = themesOf([pages, { ...pages, name: "new_things" }])
    assert.deepEqual(
      themes.map(({ entities }) => entities.map(({ name }) => name)),
      [["pages"], ["new_things"]],
    )
  })
})
