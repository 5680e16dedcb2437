/** Draws the sites of histories: their size, their speed, and an answer to each doubt about the API. */
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { EXPIRED_TOKEN_ANSWERS, QUIRKS } from "../../src/sample-site/quirks.ts"
import type { Chance } from "./chance.ts"

const HOUR = 3_600_000

/** Draws a site, its quirks among the rest. */
export const drawSite = (chance: Chance, realTime: boolean): SampleSiteOptions => {
  const large = !realTime && chance.happens(0.015)
  const pages = large ? chance.between(1000, 1300) : chance.spread(realTime ? 40 : 30, realTime ? 150 : 300)
  const repliesInCommentLists = !chance.happens(0.04)
  const isEven = large || chance.happens(0.8)
  // A single row is never too heavy there: what is, is poison.
  const isFrail = isEven && chance.happens(0.08)
  return {
    seed: chance.between(1, 1_000_000),
    pages,
    spaces: chance.between(3, Math.min(25, Math.floor(pages / 5))),
    spaceSizes: chance.happens(0.6) ? "uneven" : "even",
    blogPosts: Math.round(pages / chance.between(4, 12)),
    footerComments: Math.round(pages / (large ? 1 : chance.between(2, 5))),
    inlineComments: Math.round(pages / chance.between(4, 8)),
    attachments: Math.round(pages / (large ? 1 : chance.between(2, 5))),
    users: 20,
    groups: 4,
    ...(isEven ? { bodyBytes: chance.between(20, 300) } : {}),
    datedAheadDays: chance.of([0, 0, 0, 0, 0, 0, 0, 10, 365]),
    latencyMs: realTime ? chance.of([0, 2, 5]) : chance.of([0, 0, 3, 20, 150]),
    settings: {
      maxPageSize: large ? 100 : chance.of([3, 5, 7, 10, 20, 50, 0]),
      clockSkewMs: realTime || chance.happens(0.6) ? 0 : chance.between(-9, 9) * HOUR,
      cursorUses: chance.happens(0.06) ? chance.between(2, 6) : 0,
      tokenLifetimeSeconds: chance.of([20, 120, 3600]),
      expiredTokenAnswer: chance.of(EXPIRED_TOKEN_ANSWERS),
      heavyBytes: isFrail ? chance.spread(10_000, 60_000) : 0,
      quirks: {
        repliesInCommentLists,
        versionOnEveryChange: chance.happens(0.15),
        orphanReplies: repliesInCommentLists && chance.happens(0.2),
        lists: chance.of(["both", "both", "repeated", "comma", "one"] as const),
        archivedSpacesByDefault: chance.happens(0.7),
        contentOfArchivedSpaces: chance.happens(0.6),
        hangingListedInTrash: chance.happens(0.2),
        hangingListedInArchives: chance.happens(0.7),
        looksInTrash: chance.of(QUIRKS.looksInTrash),
        looksBehindRestrictions: chance.happens(0.3),
        looksAtLostReplies: chance.happens(0.4),
        listsOfTrashed: chance.of(QUIRKS.listsOfTrashed),
        nextInV1: chance.of(QUIRKS.nextInV1),
        cursorBindsLimit: chance.happens(0.5),
        cursorBindsBody: chance.happens(0.5),
        rotateRefreshTokens: chance.happens(0.85),
        v1TakesGranularScopes: chance.happens(0.8),
        scopeFaultsHaveHeader: chance.happens(0.7),
        listsJiraToo: chance.happens(0.2),
        listsSitesOfServiceAccounts: chance.happens(0.5),
        repliesNameContent: chance.happens(0.85),
        modifiedDateSorts: chance.happens(0.95) ? "version" : "creation",
        trashListed: chance.happens(0.85),
        deletedListed: chance.happens(0.3),
        archivedInTree: chance.happens(0.6),
        belowLeftOut: chance.happens(0.6),
        belowHidden: chance.happens(0.6),
        looksAtTrashedTree: chance.of(QUIRKS.looksAtTrashedTree),
        typesOfTree: chance.happens(0.7),
        belowTrash: chance.of(QUIRKS.belowTrash),
        oldCursors: chance.happens(0.6) ? "taken" : chance.of(QUIRKS.oldCursors),
        // What hangs or trickles takes its time where time is real.
        poisonAnswer: realTime ? "500" : chance.of(QUIRKS.poisonAnswer),
        heavyAnswer: realTime ? "500" : chance.of(QUIRKS.heavyAnswer),
      },
    },
  }
}
