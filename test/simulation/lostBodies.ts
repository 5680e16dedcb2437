/** Which bodies of a site cannot be had, and where rows are found: what the judge lets a sync do without. */
import type { CommentItem } from "../../src/sample-site/comments.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { items } from "./fates.ts"

/** The keys of rows whose bodies cannot be had. */
export const poisonedIn = (site: SampleSite, stream: string): ReadonlySet<string> => {
  const lists: Readonly<
    Record<string, ReadonlyArray<ReadonlyArray<{ readonly id: string; readonly poisoned?: boolean }>>>
  > = {
    pages: [site.pages.changedItems()],
    blog_posts: [site.blogPosts.changedItems()],
    custom_content: [site.customContent.items.changedItems()],
    comments: [site.footerComments.changedItems(), site.inlineComments.changedItems()],
  }
  const poisoned = (lists[stream] ?? []).flat().flatMap(({ id, poisoned }) => (poisoned === true ? [id] : []))
  const others = stream === "comments" ? commentsOf(site).flatMap((comments) => spoiltIn(site, comments)) : []
  return new Set([...poisoned, ...others])
}

/** The comments of each kind: those that a list of the site holds. */
export const commentsOf = (site: SampleSite): ReadonlyArray<ReadonlyArray<CommentItem>> => [
  items(site.footerComments),
  items(site.inlineComments),
]

/** Comments on content in the trash that lists show, where no look by their ids finds them. */
const onlyListedIn = (site: SampleSite, comments: ReadonlyArray<CommentItem>): ReadonlyArray<CommentItem> => {
  const { hangingListedInTrash, looksInTrash } = site.settings.quirks
  if (!hangingListedInTrash || looksInTrash !== "404") return []
  return comments.filter(({ container }) => site.containerFate(container, "user").place === "trashed")
}

/** What comments are listed beside: the content that they are on, or the comment that they answer. */
const placeOf = ({ container, parentOrdinal }: CommentItem): string =>
  JSON.stringify([container.type, container.ordinal, parentOrdinal])

/**
 * Comments whose bodies cannot be had because of others: where the list of the site gives bodies no more, and neither does a look by their
 * ids, nor a list beside them.
 */
const spoiltIn = (site: SampleSite, comments: ReadonlyArray<CommentItem>): ReadonlyArray<string> => {
  const { heavyBytes, quirks } = site.settings
  const isBound = quirks.cursorBindsLimit || quirks.cursorBindsBody
  const poisoned = comments.filter((item) => item.poisoned === true)
  if (heavyBytes === 0 && (poisoned.length === 0 || !isBound)) return []
  const places = new Set(poisoned.map(placeOf))
  const isBeside = (item: CommentItem) => quirks.listsOfTrashed === "all" && !places.has(placeOf(item))
  return onlyListedIn(site, comments).flatMap((item) => (isBeside(item) ? [] : [item.id]))
}

/** The keys of comments that lists show and no look by their ids finds. */
export const onlyListedComments = (site: SampleSite): ReadonlySet<string> =>
  new Set(commentsOf(site).flatMap((comments) => onlyListedIn(site, comments).map(({ id }) => id)))
