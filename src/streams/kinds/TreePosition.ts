/**
 * How far a stream of folders, whiteboards, databases or embeds has come, as its state says it.
 *
 * In the order of their ids, all items that the search and the list of pages have shown have been asked for up to one. An attempt that goes
 * on from there asks again for those that have failed, and for those that were shown and not there, past which something below them leads;
 * and, after `above`, for those that lie below anything that the two have not shown, or below something that was shown and has not been seen:
 * what that is has to be named again. Where one of the two has failed it may have hidden any item, so that the position stays where it is.
 */
import type { Pass } from "../../sync/Pass.ts"
import type { Above } from "../../sync/treeContent.ts"
import type { TreeSurvey } from "../../sync/TreeSurvey.ts"

/** Names the position in the state. */
const PART = "items"
const ABOVE = "above "
/** With more than this left to ask for, the state does not go on, so that it stays small. */
const MOST_KEPT = 100

export class TreePosition {
  readonly #pass: Pass
  readonly #survey: TreeSurvey["Service"]
  readonly #after: string | undefined
  /** Of what earlier attempts have passed, what they have not read, and what they have read that has named others. */
  readonly #failed: ReadonlySet<string>
  readonly #naming: ReadonlySet<string>
  /** What is left to ask for, as the state has it; those that an earlier attempt has left may be gone by now. */
  readonly #again: Set<string>
  /** Items that are to name again what they lie below, which is known of those that this attempt has asked for. */
  readonly #below: Map<string, Above | undefined>
  #ahead: ReadonlyArray<string> = []
  #reached = 0
  readonly #asked = new Set<string>()

  constructor(pass: Pass, survey: TreeSurvey["Service"]) {
    this.#pass = pass
    this.#survey = survey
    const from = pass.parts.get(PART)
    this.#after = from?.f?.l
    const left = this.#after === undefined ? [] : (from?.left ?? [])
    this.#failed = new Set(left.filter((entry) => !entry.startsWith(ABOVE)))
    this.#naming = new Set(left.flatMap((entry) => (entry.startsWith(ABOVE) ? entry.slice(ABOVE.length) : [])))
    this.#again = new Set(this.#failed)
    this.#below = new Map([...this.#naming].map((id) => [id, undefined]))
  }

  /** What the state asks for, be it shown by now or not. */
  get left(): Iterable<string> {
    return [...this.#failed, ...this.#naming]
  }

  #isPassed(id: string): boolean {
    return this.#after !== undefined && id <= this.#after
  }

  /** Those of the first ids that are to be asked for. Whether an earlier attempt knew one that was not shown, it cannot tell. */
  begin(ids: ReadonlyArray<string>): ReadonlyArray<string> {
    const shown = ids.filter((id) => this.#survey.isShown(id))
    if (this.#survey.isShownWhole) this.#ahead = shown.filter((id) => !this.#isPassed(id))
    const passed = new Set(shown.filter((id) => this.#isPassed(id) && !this.#failed.has(id) && !this.#naming.has(id)))
    return ids.filter((id) => !passed.has(id))
  }

  /** Whether an item is to be sent: an earlier attempt has not. */
  isDue(id: string): boolean {
    return !this.#isPassed(id) || !this.#naming.has(id)
  }

  /** An item has been read, and names what it lies below. */
  note(id: string, above: Above | undefined): void {
    this.#done(id)
    if (above !== undefined) this.#below.set(id, above)
    this.settle()
  }

  noteFailed(id: string): void {
    this.#done(id)
    this.#again.add(id)
    this.settle()
  }

  /** An item is not there. One that nothing shows is named again by what lies below it. */
  noteVanished(id: string): void {
    this.#done(id)
    if (this.#survey.isShown(id)) this.#again.add(id)
    this.settle()
  }

  #done(id: string): void {
    this.#asked.add(id)
    this.#again.delete(id)
    this.#below.delete(id)
  }

  /** Goes on as far as what is known by now allows. */
  settle(): void {
    let unsettled = 0
    for (const [id, above] of this.#below) {
      if (above !== undefined && this.#survey.isSettled(above)) this.#below.delete(id)
      else if (++unsettled > MOST_KEPT) break
    }
    if (this.#again.size + this.#below.size <= MOST_KEPT)
      while (this.#reached < this.#ahead.length && this.#asked.has(this.#ahead[this.#reached]!)) this.#reached++
    const after = this.#ahead[this.#reached - 1] ?? this.#after
    if (after === undefined) return
    const kept = [...this.#again, ...[...this.#below.keys()].map((id) => ABOVE + id)].filter(
      (entry) => entry.replace(ABOVE, "") <= after,
    )
    this.#pass.parts.set(PART, { f: { l: after }, ...(kept.length === 0 ? {} : { left: kept }) })
  }
}
