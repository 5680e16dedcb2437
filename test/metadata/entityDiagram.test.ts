/** The diagram of the streams: up to date, and true to the schemas. */
import { assert, describe, it } from "@effect/vitest"
import { entityDiagram, referencesBetween } from "../../scripts/entityDiagram.ts"
import { schemas } from "../../src/generated/schemas.ts"
import { streams } from "../../src/generated/streams.ts"
import { readText } from "./metadata.ts"

const entities = streams.map(({ name, primaryKey }) => ({
  name,
  primaryKey,
  columns: Object.keys(schemas[name]!.properties),
}))

const page = readText("docs/erd.md")

/** The keys of a table as the page shows them, each with its marks. */
const keysOf = (table: string): ReadonlyMap<string, string> => {
  const [, body] = new RegExp(`^  ${table} \\{\\n([^}]*)^  \\}$`, "m").exec(page) ?? []
  assert.isDefined(body, `the table ${table}`)
  return new Map([...body!.matchAll(/^    string (\w+) (.+)$/gm)].map(([, column, marks]) => [column!, marks!]))
}

describe("docs/erd.md", () => {
  it("is what the schemas give", () => {
    assert.strictEqual(page, entityDiagram(entities), "run: npm run generate")
  })

  it.each(entities)(
    "shows $name with its primary key, and no column that it does not have",
    ({ name, primaryKey, columns }) => {
      const keys = keysOf(name)
      for (const column of primaryKey) assert.match(keys.get(column) ?? "", /^PK/)
      assert.includeMembers([...columns], [...keys.keys()])
    },
  )

  it("leads from content to its space, from comments to what they are on, from members to group and user", () => {
    const drawn = [...page.matchAll(/^  (\w+) \|o--o\{ (\w+) : (\w+)$/gm)].map(
      ([, to, from, column]) => `${from}.${column} → ${to}`,
    )
    assert.includeMembers(drawn, [
      "pages.spaceId → spaces",
      "blog_posts.spaceId → spaces",
      "comments.pageId → pages",
      "comments.blogPostId → blog_posts",
      "comments.parentCommentId → comments",
      "attachments.pageId → pages",
      "group_members.groupId → groups",
      "group_members.accountId → users",
      "pages.authorId → users",
    ])
    assert.notInclude(drawn, "users.accountId → users")
  })

  it("leaves a reference out where the table that it leads to is not there", () => {
    const pages = { name: "pages", primaryKey: ["id"], columns: ["id", "spaceId", "authorId"] }
    assert.deepEqual(referencesBetween([pages]), [])
  })
})
