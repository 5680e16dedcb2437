/**
 * Deliberate defects, for tests that must be able to fail: each undoes one of the things that keep a sync right, and a test
 * shows that the proof catches it. The set is empty, and nothing but a test can fill it.
 */
import { Context } from "effect"

export type Defect =
  | "watermark-local-clock"
  | "watermark-of-scan-end"
  | "no-lookback"
  | "no-guard"
  | "digest-without-parent"
  | "tombstone-on-403"
  | "state-before-records"
  | "index-not-written-on-cut"
  | "deleted-without-confirmation"
  | "changed-at-goes-back"
  | "resumed-scan-does-not-reconcile"

export const Defects = Context.Reference<ReadonlySet<Defect>>("source-confluence/Defects", {
  defaultValue: () => new Set(),
})
