/**
 * Who may do what in the spaces of the sample site: permissions of groups, of users, and of classes of people such as anonymous
 * visitors. Those of the start are computed when they are asked for; only those of spaces that were changed are kept.
 */
import { hash32 } from "./seededChance.ts"
import type { SiteSpace } from "./spaces.ts"

/** A permission: somebody may do something in a space. */
export interface SpacePermission {
  readonly id: string
  readonly principal: { readonly type: string; readonly id: string }
  readonly operation: { readonly key: string; readonly targetType: string }
}

type Principal = SpacePermission["principal"]

const PERMISSION = 31
/** The ids of those at the start, a run for each space; those that are granted later follow after all of them. */
const FIRST_ID = 700_000_000
const IDS_PER_SPACE = 100
const FIRST_GRANTED_ID = 900_000_000

const READ = ["read space"]
const WRITE = ["create page", "create blogpost", "create comment", "create attachment", "delete page"]
/** `manage_users` and `archive_space` are in no document; live sites have them. */
const ADMINISTER = [
  "administer space",
  "export space",
  "restrict_content space",
  "manage_users space",
  "archive_space space",
]

/** The permissions of a site's spaces. */
export class SpacePermissions {
  private readonly seed: number
  private readonly accountIds: readonly string[]
  private readonly groupIds: readonly string[]
  private readonly changed = new Map<number, readonly SpacePermission[]>()
  private granted = 0

  /** `accountIds`, `groupIds`: of the users and groups at the start. */
  constructor(seed: number, accountIds: readonly string[], groupIds: readonly string[]) {
    this.seed = seed
    this.accountIds = accountIds
    this.groupIds = groupIds
  }

  /** Those of a space, by their ids. */
  of(space: SiteSpace): readonly SpacePermission[] {
    return this.changed.get(space.index) ?? this.generated(space)
  }

  /** Gives somebody a permission and answers its id. */
  grant(space: SiteSpace, principal: Principal, operation: SpacePermission["operation"]): string {
    const id = String(FIRST_GRANTED_ID + ++this.granted)
    this.changed.set(space.index, [...this.of(space), { id, principal, operation }])
    return id
  }

  /** Takes a permission back; false where the space has none with this id. */
  revoke(space: SiteSpace, id: string): boolean {
    const all = this.of(space)
    const left = all.filter((each) => each.id !== id)
    this.changed.set(space.index, left)
    return left.length < all.length
  }

  private generated(space: SiteSpace): readonly SpacePermission[] {
    const { accountIds, groupIds } = this
    const user = (id: string): Principal => ({ type: "user", id })
    const groups = groupIds.map((id): Principal => ({ type: "group", id }))
    const [everyone, ...others] = space.type === "personal" ? [] : groups
    const hash = hash32(this.seed, PERMISSION, space.index)
    const reader = accountIds[hash % accountIds.length]!
    const given: readonly (readonly [Principal, readonly string[]])[] = [
      [user(space.ownerId), [...READ, ...WRITE, ...ADMINISTER]],
      ...(reader === space.ownerId ? [] : [[user(reader), READ] as const]),
      ...(everyone === undefined ? [] : [[everyone, [...READ, ...WRITE]] as const]),
      ...(others.length === 0 ? [] : [[others[hash % others.length]!, READ] as const]),
      [{ type: "access-class", id: "all-product-admins" }, ADMINISTER],
      ...(space.type === "collaboration" ? [[{ type: "access-class", id: "all-licensed-users" }, READ] as const] : []),
      ...(space.anonymous ? [[{ type: "access-class", id: "anonymous-users" }, READ] as const] : []),
    ]
    const first = FIRST_ID + space.index * IDS_PER_SPACE
    return given
      .flatMap(([principal, operations]) => operations.map((operation) => [principal, operation] as const))
      .map(([principal, operation], at) => {
        const [key = "", targetType = ""] = operation.split(" ")
        return { id: String(first + at), principal, operation: { key, targetType } }
      })
  }
}
