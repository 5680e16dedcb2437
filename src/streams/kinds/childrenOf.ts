/**
 * The members of all groups, a list for each group.
 *
 * The list of an unknown group is empty rather than an error, so a group that has just gone costs its own rows and nothing
 * else. Suspended users are left out by Confluence itself.
 */
import { Effect } from "effect"
import { eachPage, type List, type Row } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import type { Entry } from "../../site/siteLists.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { type Parent, readEach, walkParents } from "../../sync/parents.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"

export const MEMBERS: Endpoint = {
  path: "/wiki/rest/api/group/{groupId}/membersByGroupId",
  scopes: [["read:confluence-groups"], ["read:group:confluence", "read:user:confluence"]],
}
/** Above this the endpoint answers 400. */
const MOST_MEMBERS = 200

const membersPath = (groupId: string) => MEMBERS.path.replace("{groupId}", encodeURIComponent(groupId))

const membersOf = (groupId: string, stream: string): List => ({
  path: membersPath(groupId),
  // The total ends the list without a look at an empty page.
  query: [["shouldReturnTotalSize", "true"]],
  paging: "offset",
  limit: MOST_MEMBERS,
  stream,
  scope: scopeNames(MEMBERS),
})

const parentOf = ({ id, name }: Entry): Parent => ({
  id: String(id),
  name: typeof name === "string" ? `the group "${name}" (${String(id)})` : `the group ${String(id)}`,
})

const allGroups = Effect.gen(function* () {
  const directory = yield* SiteDirectory
  return (yield* directory.groups).map(parentOf)
})

const groupsNow = Effect.gen(function* () {
  const directory = yield* SiteDirectory
  return new Set((yield* directory.groupsNow).map(({ id }) => String(id)))
})

/** Reads the members of all groups; rows of one and the same group are handed over in order. Answers what failed. */
export const readMembers = Effect.fnUntraced(function* (
  stream: string,
  onRows: (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  return yield* readEach(yield* allGroups, {
    read: ({ id }) => eachPage(membersOf(id, stream), onRows),
    stillThere: () => groupsNow,
  })
})

/** Sends the members of every group that no earlier attempt has covered; `row` makes them rows of the stream. */
export const walkMembers = Effect.fnUntraced(function* (
  pass: Pass,
  row: (member: Row, groupId: string) => Row,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  yield* walkParents(pass, {
    kind: "groups",
    what: "the members",
    parents: yield* allGroups,
    read: ({ id }) =>
      eachPage(membersOf(id, pass.run.facts.name), (rows) =>
        pass.take(
          rows.map((member) => row(member, id)),
          () => {},
        ),
      ),
    stillThere: () => groupsNow,
  })
})
