/**
 * Where sites differ from each other, or where nobody has said in public what Atlassian's do: each such doubt with its answers,
 * the usual one first, as the public sources have it.
 */

export const QUIRKS = {
  /** Which form of id lists and status lists is understood; the other form gets 400, and so does a second value where it is "one". */
  lists: ["both", "repeated", "comma", "one"],
  /** Whether the site-wide comment lists hold replies, or only comments on the content itself. */
  repliesInCommentLists: [true, false],
  /** Whether moves, archiving, trashing and restoring create a version. */
  versionOnEveryChange: [false, true],
  /** Whether replies stay, without their parent, when a comment is deleted. */
  orphanReplies: [false, true],
  /** Whether `/spaces` without `status` holds archived spaces too. */
  archivedSpacesByDefault: [true, false],
  /** Whether the site-wide lists hold the content of archived spaces. */
  contentOfArchivedSpaces: [true, false],
  /** Whether the site-wide lists of comments and attachments hold what hangs on content in the trash. */
  hangingListedInTrash: [false, true],
  /** Whether they hold what hangs on archived pages and on content of archived spaces. */
  hangingListedInArchives: [true, false],
  /** What a look by its id says of a comment or attachment whose container is in the trash: 404, or its status. */
  looksInTrash: ["404", "current", "trashed"],
  /** Whether a look by its id finds a comment or attachment although its container is hidden from the viewer. */
  looksBehindRestrictions: [false, true],
  /** Whether a look by its id still finds the replies to a deleted comment, which no list holds any more. */
  looksAtLostReplies: [false, true],
  /** What the list of a container in the trash says of what hangs on it. */
  listsOfTrashed: ["404", "empty", "all"],
  /** When the offset lists of v1 have a `next`: "sometimes" = groups and members do, the search for users does not. */
  nextInV1: ["sometimes", "always", "never"],
  /** Whether a cursor is refused with another `limit` than it was made for. */
  cursorBindsLimit: [true, false],
  /** Whether a cursor is refused without the bodies that it was made with, and the other way about. */
  cursorBindsBody: [true, false],
  /** Whether each use of a refresh token gives another one; false: none is given, and the old one goes on working. */
  rotateRefreshTokens: [true, false],
  /** Whether v1 takes granular scopes where a classic one would do; some have seen 401 "scope does not match". */
  v1TakesGranularScopes: [true, false],
  /** Whether the sites of a token are listed once more, with the scopes of Jira alone. */
  listsJiraToo: [false, true],
  /** Whether rows of replies in the site-wide lists name the content they hang on. */
  repliesNameContent: [true, false],
  /** What `-modified-date` sorts by: the time of the version, or the order of creation. */
  modifiedDateSorts: ["version", "creation"],
  /** Whether the lists of content in the trash show what is there. */
  trashListed: [true, false],
  /** Whether `status=deleted` lists what was purged. */
  deletedListed: [false, true],
  /** What is answered to a cursor that was made under another `cursorEpoch`, as one out of a state is. */
  oldCursors: ["taken", "400", "400 without the word", "404", "410", "500"],
  /** What a list with bodies answers that would hold a row whose body cannot be rendered, and a look at that row with its body. */
  poisonAnswer: ["500", "hang", "cut", "garbled"],
  /** What becomes of an answer with bodies above `heavyBytes`; "all": slow, above twice the size cut, above three times 500. */
  heavyAnswer: ["500", "slow", "cut", "all"],
  /** What becomes of what lies below content that goes to the trash. */
  belowTrash: ["stays", "moves up", "goes along"],
  /** Whether a refusal for a missing scope has the header X-Failure-Category. */
  scopeFaultsHaveHeader: [true, false],
  /** Whether Atlassian lists the sites of a service account's token. */
  listsSitesOfServiceAccounts: [true, false],
  /** Whether `/descendants` and `/direct-children` show what is archived; what is in the trash they never show. */
  archivedInTree: [true, false],
  /** Whether `/descendants` shows what lies below content that it leaves out because that is archived or in the trash. */
  belowLeftOut: [true, false],
  /** Whether `/descendants` shows what lies below content that the viewer may not see. */
  belowHidden: [true, false],
  /** What a look at a folder, whiteboard, database or embed in the trash says. */
  looksAtTrashedTree: ["trashed", "404"],
  /** Whether `content/convert-ids-to-types` knows folders, whiteboards, databases and embeds, which the document does not name. */
  typesOfTree: [true, false],
} as const

/** Doubts about what content has of its own. */
export const CHILD_QUIRKS = {
  /** Whether the site's plan has analytics, and how it says that it has none. */
  analytics: ["there", "404", "501", "403"],
  /** What the own lists of content in the trash (likes, versions, properties) say. */
  childrenOfTrashed: ["404", "empty", "all"],
} as const

/** Doubts about the content tree, for those who ask for more of it than the parents of pages. */
export const TREE_QUIRKS = {
  /** Whether the search finds what is archived. */
  archivedInSearch: [false, true],
  /** Whether `/ancestors` names content that the viewer may not see. */
  hiddenAncestors: [true, false],
  /** Whether `/folders/{id}/descendants` and the like take the id of content of another type; 404 = no. */
  treeOfOtherType: ["404", "taken"],
} as const

/** What sites differ in where it comes to roles. */
export const ROLE_QUIRKS = {
  /** The site's role mode: new sites have roles, others are on their way to them, or know permissions alone. */
  roleMode: ["ROLES", "ROLES_TRANSITION", "PRE_ROLES"],
  /** Whether the site tells its role mode; 404 = no. */
  tellsRoleMode: [true, false],
  /** What the lists of roles and of their assignments answer on a site without roles. */
  listsWithoutRoles: ["404", "501", "403", "empty"],
} as const

/** Doubts about the restrictions of content, and about who can read it. */
export const RESTRICTION_QUIRKS = {
  /** Whether what tells of restrictions knows folders, whiteboards, databases and embeds, which the document does not name; 404 = no. */
  restrictionsOfTree: ["200", "404"],
  /** What is said of the restrictions of archived content. */
  restrictionsOfArchived: ["200", "404"],
  /** What is said of the restrictions of content in the trash. */
  restrictionsOfTrashed: ["200", "404"],
  /** What is said of the restrictions of content that the viewer may not see. */
  restrictionsOfHidden: ["404", "403"],
  /** The shape of restrictions by operation: each directly, as live sites have it, or inside `operationType`, as the document does. */
  restrictionShape: ["direct", "envelope"],
  /** Whether restrictions still name groups and accounts that were deleted. */
  deletedPrincipals: ["named", "left out"],
  /** Most hits in one answer of the search for content with expansions. */
  mostExpandedHits: [200, 50],
  /** Whether a site with roles alone still lists permissions that people have in a space beside their roles; where it does, they count. */
  permissionsBesideRoles: [true, false],
} as const

/** Doubts about the audit log, and what plans differ in. */
export const AUDIT_QUIRKS = {
  /** Whether the plan has an audit log, and the account may read it. */
  auditLog: ["there", "404", "501", "403"],
  /** Whether records of the very moments that are named are in the window. */
  auditEnds: ["inclusive", "exclusive"],
  /** The order of the list. */
  auditOrder: ["newest", "oldest"],
  /** Most records in one answer, whatever is asked for. */
  mostAuditRecords: [1000, 60],
} as const

/** Doubts about custom content. */
export const CUSTOM_CONTENT_QUIRKS = {
  /** What is answered for a type that no app of the site brings: 404, as the document has it, or 400. */
  unknownCustomTypes: ["404", "400"],
  /** What becomes of a wish for bodies in a format that the type does not have: the rows come without, or it is refused. */
  rawBodies: ["left out", "400"],
  /** Whether the list of a type holds what is in the trash, with its status. */
  trashedCustomContentListed: [false, true],
  /** What a look at custom content in the trash says. */
  looksAtTrashedCustomContent: ["trashed", "404"],
} as const

/** Doubts about tasks. */
export const TASK_QUIRKS = {
  /** Whether the list of tasks holds those of content in the trash. */
  tasksInTrash: [false, true],
} as const

/** Doubts about templates. */
export const TEMPLATE_QUIRKS = {
  /** Whether a space's own templates name their space. */
  templatesNameSpace: [true, false],
  /** Whether a space's list of page templates repeats the site's. */
  siteTemplatesInSpaces: [false, true],
  /** Whether a space's list of blueprints shows those of the site that it inherits. */
  inheritedBlueprints: [true, false],
  /** What the lists answer for a space that is not there, or that the viewer may not see. */
  templatesOfUnseen: ["403", "404"],
} as const

/** Doubts about labels, and about levels of classification. */
export const LABEL_QUIRKS = {
  /** Whether the lists of what carries a label hold pages and blog posts in the trash, and files that hang on them. */
  trashedInLabelLists: [true, false],
  /** Which id of a file the list of its labels takes: the number, which the document has, or all of it, with `att`, as everywhere else. */
  fileIdsOfLabels: ["both", "number", "whole"],
  /** Whether the site's edition has levels of classification. */
  classifies: [true, false],
  /** What an edition without them answers. */
  levelsWithoutEdition: ["404", "501", "403"],
} as const

/** What organizations differ in. */
export const ORGANIZATION_QUIRKS = {
  /** Which of its lists of people an organization answers: the search in its directories, the older list of these, that of one directory at a time, its managed accounts. */
  organizationLists: ["all", "search", "directories", "each directory", "managed"],
  /** What it says of the others. */
  organizationRefusal: ["404", "400", "403", "410"],
  /** What the next link of these lists is: a cursor, or an address with one. */
  organizationNext: ["cursor", "address"],
} as const

/** Every doubt with its answers. */
export const ALL_QUIRKS = {
  ...QUIRKS,
  ...TREE_QUIRKS,
  ...ROLE_QUIRKS,
  ...RESTRICTION_QUIRKS,
  ...CUSTOM_CONTENT_QUIRKS,
  ...CHILD_QUIRKS,
  ...LABEL_QUIRKS,
  ...TEMPLATE_QUIRKS,
  ...TASK_QUIRKS,
  ...AUDIT_QUIRKS,
  ...ORGANIZATION_QUIRKS,
} as const

/** The answers of one site. */
export type Quirks = { readonly [K in keyof typeof ALL_QUIRKS]: (typeof ALL_QUIRKS)[K][number] }

/** The usual behaviour. */
export const USUAL_QUIRKS = Object.fromEntries(
  Object.entries(ALL_QUIRKS).map(([name, [usual]]) => [name, usual]),
) as unknown as Quirks

/** What the gateway can say of an access token that has ended. */
export const EXPIRED_TOKEN_ANSWERS = ["401", "not found", "scope", "403", "404"] as const
