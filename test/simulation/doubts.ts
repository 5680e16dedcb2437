/**
 * What nobody has said in public about Atlassian's API, as one list: each doubt with its answers, where the code takes care, and
 * the test of it. The sample site gives every answer, histories draw them, and docs/simulation.md shows the list as a table.
 */
import {
  CUSTOM_CONTENT_QUIRKS,
  CHILD_QUIRKS,
  EXPIRED_TOKEN_ANSWERS,
  LABEL_QUIRKS,
  ORGANIZATION_QUIRKS,
  QUIRKS,
  RESTRICTION_QUIRKS,
} from "../../src/sample-site/quirks.ts"
import { BELONGING_DOUBTS } from "./belongingDoubts.ts"
import { TREE_DOUBTS } from "./treeDoubts.ts"

export interface Doubt {
  readonly doubt: string
  /** How the sample site is told the answer: a quirk, a setting, an option, a change, or a kind of fault. */
  readonly option: string
  readonly answers: ReadonlyArray<string>
  /** The files that take care, below src/. */
  readonly care: ReadonlyArray<string>
  /** The tests, below test/. Every doubt is also drawn by the histories. */
  readonly tests: ReadonlyArray<string>
}

type Quirk = keyof typeof QUIRKS

type Facts = readonly [doubt: string, care: string, tests: string]

const GONE = "sync/gone.ts sync/goneWithContainer.ts"
const TREE = "sample-site/treeQuirks.test.ts sync/filters.test.ts"
const HANGING = "sync/hanging.test.ts sample-site/quirks.test.ts"

const OF_QUIRKS: Readonly<Record<Quirk, Facts>> = {
  lists: ["which form of lists of values is understood", "site/manyValues.ts", "sync/changes.test.ts"],
  repliesInCommentLists: [
    "whether the lists of the whole site hold replies",
    "streams/commentLists.ts",
    "sync/read.test.ts",
  ],
  versionOnEveryChange: [
    "whether moves, archiving, trashing and restoring create a version",
    "sync/Changes.ts",
    "sample-site/changes.test.ts",
  ],
  orphanReplies: ["whether replies outlive the comment that they answer", GONE, "sample-site/changes.test.ts"],
  archivedSpacesByDefault: [
    "whether `/spaces` without a status lists archived spaces",
    "site/siteLists.ts",
    "sample-site/listings.test.ts",
  ],
  contentOfArchivedSpaces: [
    "whether the list of the whole site holds the content of archived spaces",
    "sync/SpaceGroups.ts sync/LookUp.ts streams/labels/spaceGroups.ts commands/spaces.ts",
    `${HANGING} command/spaces.test.ts`,
  ],
  hangingListedInTrash: ["whether lists hold what hangs on content in the trash", GONE, HANGING],
  hangingListedInArchives: ["whether lists hold what hangs on archived content", `${GONE} sync/byContent.ts`, HANGING],
  looksInTrash: ["what a look by id says of what hangs on content in the trash", GONE, HANGING],
  looksBehindRestrictions: ["whether a look by id finds what hangs on hidden content", GONE, HANGING],
  looksAtLostReplies: ["whether a look by id finds the replies to a deleted comment", GONE, HANGING],
  listsOfTrashed: ["what the own lists of content in the trash say", GONE, HANGING],
  nextInV1: [
    "which lists of version 1 have a `next`",
    "confluence/Listing.ts streams/readTemplates.ts",
    "sample-site/listings.test.ts",
  ],
  cursorBindsLimit: ["whether a cursor survives another `limit`", "sync/heavyPages.ts", "sync/bodies.test.ts"],
  cursorBindsBody: ["whether a cursor is taken without bodies", "sync/heavyPages.ts", "sync/bodies.test.ts"],
  rotateRefreshTokens: [
    "whether each refresh gives another refresh token",
    "confluence/SignIn.ts",
    "sample-site/tokenEndpoint.test.ts",
  ],
  v1TakesGranularScopes: [
    "whether version 1 takes granular scopes alone",
    "confluence/scopes.ts",
    "sample-site/oauth.test.ts",
  ],
  listsJiraToo: [
    "whether a token's sites are listed once for each product",
    "confluence/SignIn.ts",
    "sample-site/oauth.test.ts",
  ],
  repliesNameContent: [
    "whether listed replies name their page",
    "streams/commentLists.ts",
    "sample-site/quirks.test.ts",
  ],
  modifiedDateSorts: [
    "whether `-modified-date` sorts by the version's time, and lists are sorted as the documents say",
    "sync/listOfSpaces.ts sync/followChanges.ts streams/changedContents.ts sync/Course.ts site/Scope.ts",
    "sample-site/quirks.test.ts",
  ],
  trashListed: ["how complete the lists of content in the trash are", "sync/gone.ts", "sample-site/quirks.test.ts"],
  deletedListed: ["whether `status=deleted` lists what was purged", "sync/gone.ts", "sample-site/quirks.test.ts"],
  oldCursors: ["how long a cursor lives that a state has kept", "sync/walkList.ts", "sample-site/quirks.test.ts"],
  poisonAnswer: ["what is answered where a body cannot be rendered", "sync/walkList.ts", "sample-site/quirks.test.ts"],
  heavyAnswer: ["what becomes of an answer that is too heavy", "sync/walkList.ts", "sample-site/quirks.test.ts"],
  belowTrash: [
    "what becomes of what lies below content that goes to the trash",
    "sync/gone.ts sync/Changes.ts",
    "sample-site/treeChanges.test.ts",
  ],
  archivedInTree: ["whether lists of descendants show what is archived", "sync/contentTree.ts", TREE],
  belowLeftOut: ["whether they show what lies below content that they leave out", "sync/contentTree.ts", TREE],
  belowHidden: ["whether they show what lies below content that the account does not see", "sync/contentTree.ts", TREE],
  looksAtTrashedTree: ["what a look at a folder or the like in the trash says", "sync/contentTree.ts", TREE],
  typesOfTree: ["whether the look-up of types knows folders and the like", "sync/contentTree.ts", TREE],
  scopeFaultsHaveHeader: [
    "whether a missing scope is told by X-Failure-Category too",
    "confluence/Exchange.ts",
    "sample-site/oauth.test.ts",
  ],
  listsSitesOfServiceAccounts: [
    "whether Atlassian lists the sites of a service account's token",
    "confluence/SignIn.ts",
    "sample-site/oauth.test.ts",
  ],
}

/** Quirks that show themselves where a cursor or a body is bad; `sync/doubts.test.ts` takes all others in turn. */
const WITH_OCCASION: ReadonlySet<string> = new Set<Quirk>(["oldCursors", "poisonAnswer", "heavyAnswer"])

const words = (text: string): ReadonlyArray<string> => [...new Set(text.split(" "))]

const ofQuirks: ReadonlyArray<Doubt> = Object.entries(OF_QUIRKS).map(([option, [doubt, care, tests]]) => ({
  doubt,
  option,
  answers: QUIRKS[option as Quirk].map(String),
  care: words(care),
  tests: [...words(tests), ...(WITH_OCCASION.has(option) ? [] : ["sync/doubts.test.ts"])],
}))

const ASKED_ONE_BY_ONE = "streams/restrictions/askEach.ts"
const RESTRICTED = "sync/contentRestrictions.test.ts"
const IN_TROUBLE = "sync/contentRestrictionsInTrouble.test.ts"
const READERS = "permissions/histories.test.ts"

/** What nothing below src/ has to take care of: it depends on nothing there, or is for those who use the tables (docs/permissions.md). */
const NO_CARE = ""

const OF_RESTRICTIONS: Readonly<Record<keyof typeof RESTRICTION_QUIRKS, Facts>> = {
  restrictionsOfTree: [
    "whether what tells of restrictions knows folders, whiteboards, databases and embeds",
    ASKED_ONE_BY_ONE,
    `${IN_TROUBLE} ${READERS}`,
  ],
  restrictionsOfArchived: [
    "what is said of the restrictions of archived content",
    ASKED_ONE_BY_ONE,
    `${IN_TROUBLE} ${READERS}`,
  ],
  restrictionsOfTrashed: [
    "what is said of the restrictions of content in the trash",
    ASKED_ONE_BY_ONE,
    `${IN_TROUBLE} ${READERS}`,
  ],
  restrictionsOfHidden: [
    "what is said of the restrictions of content that the account does not see",
    ASKED_ONE_BY_ONE,
    `${RESTRICTED} ${IN_TROUBLE}`,
  ],
  restrictionShape: [
    "whether restrictions by operation come in an envelope",
    "streams/restrictions/answers.ts",
    `${RESTRICTED} ${READERS}`,
  ],
  deletedPrincipals: [
    "whether restrictions still name groups and accounts that were deleted",
    NO_CARE,
    `${RESTRICTED} ${READERS}`,
  ],
  mostExpandedHits: [
    "how many hits with expansions the search for content gives at once",
    "streams/restrictions/searchContents.ts",
    RESTRICTED,
  ],
  permissionsBesideRoles: [
    "whether a site with roles alone still lists permissions of people in a space",
    NO_CARE,
    READERS,
  ],
}

const ofRestrictions: ReadonlyArray<Doubt> = Object.entries(OF_RESTRICTIONS).map(([option, [doubt, care, tests]]) => ({
  doubt,
  option,
  answers: RESTRICTION_QUIRKS[option as keyof typeof RESTRICTION_QUIRKS].map(String),
  care: care === NO_CARE ? [] : words(care),
  tests: ["sample-site/restrictions.test.ts", ...words(tests)],
}))

const OF_CHILDREN: ReadonlyArray<Doubt> = [
  {
    doubt: "how a plan without analytics says that it has none",
    option: "analytics",
    answers: CHILD_QUIRKS.analytics,
    care: ["streams/definitions/content_views.ts"],
    tests: ["sync/contentReactions.test.ts"],
  },
  {
    doubt: "what the own lists of something in the trash say: its likes, its properties, its versions",
    option: "childrenOfTrashed",
    answers: CHILD_QUIRKS.childrenOfTrashed,
    care: ["streams/contentParents.ts", "streams/kinds/goneContents.ts"],
    tests: ["sync/contentReactions.test.ts", "sync/contentVersions.test.ts"],
  },
]

const LEVELS = "streams/definitions/classification_levels.ts"
const LEVELS_TEST = "sync/classificationLevels.test.ts"

const OF_LABELS: Readonly<Record<keyof typeof LABEL_QUIRKS, Facts>> = {
  trashedInLabelLists: [
    "whether the lists of what carries a label hold what is in the trash",
    "streams/labels/labelled.ts streams/LiveContainers.ts",
    "sync/contentLabels.test.ts",
  ],
  fileIdsOfLabels: [
    "which id of a file the list of its labels takes",
    "streams/labels/byContent.ts",
    "sync/contentLabels.test.ts",
  ],
  classifies: ["whether the site's edition has levels of classification", LEVELS, LEVELS_TEST],
  levelsWithoutEdition: ["what an edition without them answers", LEVELS, LEVELS_TEST],
}

const ofLabels: ReadonlyArray<Doubt> = Object.entries(OF_LABELS).map(([option, [doubt, care, tests]]) => ({
  doubt,
  option,
  answers: LABEL_QUIRKS[option as keyof typeof LABEL_QUIRKS].map(String),
  care: words(care),
  tests: ["sample-site/labels.test.ts", ...words(tests)],
}))

const CUSTOM = "streams/customContent/lists.ts"
const CUSTOM_TEST = "sync/customContent.test.ts"
const OF_CUSTOM_CONTENT: Readonly<Record<keyof typeof CUSTOM_CONTENT_QUIRKS, Facts>> = {
  unknownCustomTypes: [
    "what is answered for a type of custom content that no app brings",
    "streams/customContent/typesOfRun.ts",
    CUSTOM_TEST,
  ],
  rawBodies: [
    "whether bodies of custom content in a format that its type does not have are refused",
    CUSTOM,
    CUSTOM_TEST,
  ],
  trashedCustomContentListed: ["whether the list of a type holds what is in the trash", CUSTOM, CUSTOM_TEST],
  looksAtTrashedCustomContent: [
    "what a look at custom content in the trash says",
    "streams/customContent/gone.ts",
    CUSTOM_TEST,
  ],
}

const ofCustomContent: ReadonlyArray<Doubt> = Object.entries(OF_CUSTOM_CONTENT).map(
  ([option, [doubt, care, tests]]) => ({
    doubt,
    option,
    answers: CUSTOM_CONTENT_QUIRKS[option as keyof typeof CUSTOM_CONTENT_QUIRKS].map(String),
    care: words(care),
    tests: words(tests),
  }),
)

const OF_ORGANIZATION = { care: ["confluence/organizationPeople.ts"], tests: ["sync/emails.test.ts"] } as const

const QUIRKS_TEST = ["sample-site/quirks.test.ts"]

/** Every doubt, quirks first. */
export const DOUBTS: ReadonlyArray<Doubt> = [
  ...ofQuirks,
  ...TREE_DOUBTS,
  ...ofRestrictions,
  ...OF_CHILDREN,
  ...ofLabels,
  ...ofCustomContent,
  ...BELONGING_DOUBTS,
  {
    doubt: "what the gateway says of an access token that has ended",
    option: "expiredTokenAnswer",
    answers: EXPIRED_TOKEN_ANSWERS,
    care: ["confluence/doubts.ts", "confluence/Exchange.ts"],
    tests: ["command/signingIn.test.ts", "sample-site/oauth.test.ts"],
  },
  {
    doubt: "which of its lists of people an organization answers",
    option: "organizationLists",
    answers: ORGANIZATION_QUIRKS.organizationLists,
    ...OF_ORGANIZATION,
  },
  {
    doubt: "what an organization says of a list of people that it does not answer",
    option: "organizationRefusal",
    answers: ORGANIZATION_QUIRKS.organizationRefusal,
    ...OF_ORGANIZATION,
  },
  {
    doubt: "what the next link of an organization's list is",
    option: "organizationNext",
    answers: ORGANIZATION_QUIRKS.organizationNext,
    ...OF_ORGANIZATION,
  },
  {
    doubt: "whether a row's time is before the site's clock",
    option: "datedAheadDays",
    answers: ["0", "10", "365"],
    care: ["sync/Changes.ts", "sync/followChanges.ts"],
    tests: ["sync/clocks.test.ts", ...QUIRKS_TEST],
  },
  {
    doubt: "what a batch answers that holds one element which the endpoint does not like",
    option: "disliked-element",
    answers: ["400", "404", "500", "that one alone too, or not"],
    care: ["sync/gone.ts"],
    tests: QUIRKS_TEST,
  },
  {
    doubt: "whether a good answer can be no list",
    option: "not-a-list",
    answers: ["never", "any other JSON"],
    care: ["confluence/Listing.ts"],
    tests: QUIRKS_TEST,
  },
  {
    doubt: "whether rows always have what the documents promise",
    option: "odd-row",
    answers: ["always", "a field is missing, null or of another type"],
    care: ["confluence/Listing.ts"],
    tests: QUIRKS_TEST,
  },
  {
    doubt: "whether a 401 or 403 at one endpoint alone says anything about the credential",
    option: "status",
    answers: ["401", "403", "400, 404 or 500 for one group"],
    care: ["confluence/Exchange.ts", "streams/kinds/childrenOf.ts"],
    tests: ["simulation/judge.test.ts"],
  },
  {
    doubt: "whether a wait that one list asks for holds for the others",
    option: "rate-limit",
    answers: ["for all", "for that one: 30 minutes while the others are answered"],
    care: ["confluence/RateControl.ts"],
    tests: ["sync/clocks.test.ts"],
  },
]
