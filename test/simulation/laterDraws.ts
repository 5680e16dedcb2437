/**
 * Gives histories what came to the simulation after its first streams: further streams, their changes, their faults and their doubts.
 * What is drawn here comes from a chance of its own, one for each stream, so that whatever else happens in the history of a seed is
 * the same with these and without.
 */
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { AUDIT_QUIRKS, CUSTOM_CONTENT_QUIRKS, LABEL_QUIRKS, TEMPLATE_QUIRKS } from "../../src/sample-site/quirks.ts"
import { hash32 } from "../../src/sample-site/seededChance.ts"
import { TREE_STREAMS } from "../support/knowableTree.ts"
import { Chance } from "./chance.ts"
import type { Change, ChangeKind } from "./changes.ts"
import { drawFaultOfOne } from "./faultsOfContent.ts"
import type { History, Meanwhile, Round } from "./history.ts"
import { LATER_OF_CONTENT } from "./laterOfContent.ts"
import { RESTRICTION_WEIGHTS } from "./restrictionChanges.ts"

/** What histories draw of a stream, or of several that are drawn together. */
export interface Later {
  readonly streams: ReadonlyArray<string>
  /** Share of the histories that read them. */
  readonly share: number
  /** Its rows name accounts: then every history that reads users reads it, because what users must be depends on it. */
  readonly namesAccounts?: boolean
  /** What changes it, and how likely each is relative to the others. */
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>
  /** Endpoints that it alone needs; `*` for a part that varies. Faults hit these. */
  readonly endpoints: ReadonlyArray<string>
  /** How they are refused, where not every refusal is one; left out: 401, 403, 404. */
  readonly refusals?: ReadonlyArray<number>
  /** Other settings of the site, drawn where the stream is. */
  readonly settings?: (chance: Chance) => NonNullable<SampleSiteOptions["settings"]>
  /** Lists of one page alone, `*` for its id: faults of these cost themselves. */
  readonly listsOfOne?: ReadonlyArray<string>
  /** Answers of the site's doubts, drawn where the stream is. */
  readonly quirks?: (chance: Chance) => NonNullable<SampleSiteOptions["settings"]>["quirks"]
}

const V2 = "/wiki/api/v2"

/** Each entry's chance is that of its first stream's name, so that entries can be added anywhere. */
export const LATER: ReadonlyArray<Later> = [
  ...LATER_OF_CONTENT,
  {
    streams: ["custom_content"],
    share: 0.4,
    changes: {
      "add custom content": 3,
      "edit custom content": 4,
      "move custom content": 3,
      "trash custom content": 3,
      "restore custom content": 3,
      "purge custom content": 2,
      "take an app away": 0.3,
      "bring an app back": 0.6,
    },
    endpoints: [`${V2}/custom-content`, `${V2}/custom-content/*`],
    // 404 says that a type is not known.
    refusals: [401, 403],
    quirks: (chance) => ({
      unknownCustomTypes: chance.of(CUSTOM_CONTENT_QUIRKS.unknownCustomTypes),
      rawBodies: chance.of(CUSTOM_CONTENT_QUIRKS.rawBodies),
      trashedCustomContentListed: chance.happens(0.3),
      looksAtTrashedCustomContent: chance.of(CUSTOM_CONTENT_QUIRKS.looksAtTrashedCustomContent),
    }),
  },
  {
    streams: ["content_restrictions"],
    share: 0.3,
    namesAccounts: true,
    changes: RESTRICTION_WEIGHTS,
    endpoints: [
      "/wiki/rest/api/content/search",
      "/wiki/rest/api/content/*/restriction",
      "/wiki/rest/api/content/*/restriction/byOperation/*",
      "/wiki/rest/api/search",
      "/wiki/api/v2/*/ancestors",
      "/wiki/api/v2/folders/*",
    ],
    settings: (chance) => ({
      maxPrincipals: chance.of([0, 0, 1, 3]),
      searchLagMs: chance.happens(0.2) ? chance.between(1, 120) * 60_000 : 0,
    }),
  },
  {
    streams: ["space_properties"],
    share: 0.2,
    namesAccounts: true,
    changes: { "set a space's property": 2, "remove a space's property": 1 },
    endpoints: ["/wiki/api/v2/spaces/*/properties"],
  },
  {
    streams: ["tasks"],
    share: 0.3,
    namesAccounts: true,
    changes: { "add a task": 3, "edit a task": 2, "complete a task": 2, "remove a task": 1 },
    endpoints: ["/wiki/api/v2/tasks"],
    quirks: (chance) => ({ tasksInTrash: chance.happens(0.5) }),
  },
  {
    streams: ["audit_log"],
    share: 0.35,
    changes: { "write an audit record": 3, "write an audit record late": 3, "repeat an audit record": 2 },
    endpoints: ["/wiki/rest/api/audit"],
    quirks: (chance) => ({
      auditLog: chance.weighted({ there: 8, "404": 1, "501": 1 }),
      auditEnds: chance.of(AUDIT_QUIRKS.auditEnds),
      auditOrder: chance.of(AUDIT_QUIRKS.auditOrder),
      mostAuditRecords: chance.of(AUDIT_QUIRKS.mostAuditRecords),
    }),
  },
  {
    streams: ["templates"],
    share: 0.25,
    changes: { "add a template": 2, "customize a blueprint": 1, "edit a template": 2, "remove a template": 1 },
    endpoints: ["/wiki/rest/api/template/*"],
    quirks: (chance) => ({
      templatesNameSpace: chance.of(TEMPLATE_QUIRKS.templatesNameSpace),
      siteTemplatesInSpaces: chance.of(TEMPLATE_QUIRKS.siteTemplatesInSpaces),
      inheritedBlueprints: chance.of(TEMPLATE_QUIRKS.inheritedBlueprints),
      templatesOfUnseen: chance.of(TEMPLATE_QUIRKS.templatesOfUnseen),
    }),
  },
  {
    streams: ["space_labels", "labels"],
    share: 0.4,
    changes: { "label a space": 2, "take a label off a space": 2, "delete a label": 0.4 },
    endpoints: [`${V2}/spaces/*/labels`, `${V2}/labels`],
  },
  {
    streams: TREE_STREAMS,
    share: 0.3,
    namesAccounts: true,
    changes: {
      "create a tree item": 4,
      "create a page below a tree item": 2,
      "move below a tree item": 1,
      "move a tree item": 2,
      "move a tree item to another space": 1,
      "rename a tree item": 2,
      "archive a tree item": 3,
      "unarchive a tree item": 1,
      "trash a tree item": 2,
      "restore a tree item": 1,
      "purge a tree item": 1,
      "restrict a tree item": 1,
      "reveal a tree item": 1,
    },
    endpoints: [...TREE_STREAMS.map((stream) => `${V2}/${stream}/*`), "/wiki/rest/api/content/search"],
    quirks: (chance) => ({ archivedInSearch: chance.happens(0.3), hiddenAncestors: chance.happens(0.6) }),
  },
  {
    streams: ["content_labels"],
    share: 0.4,
    changes: { "label content": 3, "take a label off content": 3, "delete a label": 0.5 },
    endpoints: ["pages", "blogposts", "attachments"].map((kind) => `${V2}/labels/*/${kind}`),
    quirks: (chance) => ({
      trashedInLabelLists: chance.happens(0.6),
      fileIdsOfLabels: chance.of(LABEL_QUIRKS.fileIdsOfLabels),
    }),
  },
  {
    streams: ["classification_levels"],
    share: 0.3,
    changes: { "define a level": 1, "rename a level": 1, "archive a level": 1 },
    endpoints: [`${V2}/classification-levels`],
    // A 404 says that there are none.
    refusals: [401, 403],
    quirks: (chance) => ({
      classifies: chance.happens(0.7),
      levelsWithoutEdition: chance.of(["404", "501"] as const),
    }),
  },
]

const saltOf = (name: string): number => [...name].reduce((salt, letter) => hash32(salt, letter.charCodeAt(0), 0), 7006)

const drawFault = (chance: Chance, { endpoints, refusals = [401, 403, 404] }: Later): Fault => {
  const path = chance.of(endpoints)
  const after = chance.spread(1, 20) - 1
  switch (chance.weighted({ refused: 3, "refused once": 3, broken: 2, "broken once": 3, "no list": 1, cut: 1 })) {
    case "refused":
      return { kind: "status", status: chance.of(refusals), path, after }
    case "refused once":
      return { kind: "status", status: chance.of(refusals), path, after, times: 1 }
    case "broken":
      return { kind: "status", status: 500, path, after }
    case "broken once":
      return { kind: "status", status: chance.of([500, 502, 503]), path, after, times: chance.between(1, 8) }
    case "no list":
      return { kind: "not-a-list", path, body: chance.of(["{}", "null", '{"results":null}']), after, times: 1 }
    case "cut":
      return { kind: "truncated-json", path, after, times: chance.between(1, 3) }
  }
}

const drawOne = (chance: Chance, { listsOfOne, ...later }: Later, { site }: History): Fault =>
  listsOfOne !== undefined && chance.happens(0.5)
    ? drawFaultOfOne(chance, site, chance.of(listsOfOne))
    : drawFault(chance, later)

const withOne = (history: History, later: Later): History => {
  const chance = new Chance(hash32(history.seed, saltOf(later.streams[0]!), 0))
  const isChosen = chance.happens(later.share)
  if (!isChosen && !(later.namesAccounts === true && history.streams.includes("users"))) return history
  const quirks = later.quirks?.(chance)
  const settings = { ...history.site.settings, ...later.settings?.(chance) }
  const hasChanges = Object.keys(later.changes).length > 0
  const draw = (): Change => ({
    kind: chance.weighted(later.changes as Record<ChangeKind, number>),
    draw: chance.draw(),
  })
  const some = (most: number): ReadonlyArray<Change> =>
    hasChanges ? Array.from({ length: chance.spread(1, most) - 1 }, draw) : []
  const isDisturbed = history.rounds.some(({ faults }) => faults.length > 0)
  const rounds = history.rounds.map((round, index): Round => {
    const meanwhile: ReadonlyArray<Meanwhile> =
      hasChanges && round.meanwhile.length > 0 ? [{ afterRequests: chance.spread(1, 120), changes: some(4) }] : []
    const isFaulty = chance.happens(0.2) && isDisturbed && later.endpoints.length > 0
    return {
      ...round,
      changes: index === 0 ? round.changes : [...round.changes, ...some(6)],
      meanwhile: [...round.meanwhile, ...meanwhile],
      ...(isFaulty ? { faults: [...round.faults, drawOne(chance, later, history)] } : {}),
    }
  })
  return {
    ...history,
    site: { ...history.site, settings: { ...settings, quirks: { ...settings.quirks, ...quirks } } },
    streams: [...history.streams, ...later.streams.filter((stream) => !history.streams.includes(stream))],
    rounds,
  }
}

/** The history with what it draws of later streams. */
export const withLater = (history: History, all: ReadonlyArray<Later> = LATER): History => all.reduce(withOne, history)
