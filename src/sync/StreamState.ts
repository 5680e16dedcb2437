/**
 * What a stream's STATE holds: how far its reading has come, so that a read which was cut off goes on from there.
 *
 * `v` 1. `site` is the cloud id (the host, where the site does not tell its cloud id): a state belongs to one site. `setup`
 * names what was asked of each row; rows of another setup are not the same rows. `parts` has a position for each part of
 * the stream that has been begun: a list is walked from its front (`f`) and, where its order allows it, from its back
 * (`b`) too. A part that is done has no positions. `done` is there when the whole stream has been read.
 * Of a stream that tells changes there is more: `index` is what the destination has (RowIndex.ts); `scanned` is there when all
 * of it has been listed once; `again` while a stream that had been scanned before is scanned anew, or a scan is resumed that has
 * made tombstones; `begun` is when that scan
 * began, `newest` the newest time of a version up to which changes have been followed, `high` the highest `changedAt` that was
 * sent, `reconciled` when all was compared last: milliseconds of the site's clock.
 * Of a stream that is a log there is `log`: how far it has been read, and what is known of the time shortly before (LogPosition.ts).
 * `scope` names the filters that it holds for; it is left out without filters, and `*` while a change of filters is under way. Where the config
 * also says what types are read, these are words behind that.
 * `lost` are the ids of rows that were sent without their body, because it could not be had: they are asked for again.
 * While the stream of users is configured, `accounts` are those whom the rows name (accountSets.ts), or `stamp` stands for them;
 * the state of `users` has those of all streams, and the `stamps` that they stand for (Accounts.ts).
 */
import { Schema } from "effect"

/** `c`: where the next page begins; `l`: the sort key of the last row taken, from which a walk begins anew. */
const End = Schema.Struct({ c: Schema.optionalKey(Schema.String), l: Schema.optionalKey(Schema.String) })
export type EndPosition = typeof End.Type

const SpaceId = Schema.String.check(Schema.isPattern(/^[0-9]{1,19}$/))
/** Milliseconds since 1970 that a date can hold. */
const Time = Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 8.64e15 }))

const Part = Schema.Struct({
  /** The spaces of the part, where a part is a group of spaces. */
  s: Schema.optionalKey(Schema.Array(SpaceId)),
  f: Schema.optionalKey(End),
  b: Schema.optionalKey(End),
  /** Parents up to the one at `f` that failed, where a part is a list for each of many parents. */
  left: Schema.optionalKey(Schema.Array(Schema.String)),
  done: Schema.optionalKey(Schema.Literal(1)),
})
export type PartPosition = typeof Part.Type

const Log = Schema.Struct({ since: Time, until: Time, seen: Schema.String })

const StreamStateSchema = Schema.Struct({
  v: Schema.Literal(1),
  site: Schema.String,
  setup: Schema.String,
  done: Schema.optionalKey(Schema.Literal(1)),
  scope: Schema.optionalKey(Schema.String),
  /** The platform's job, of a full refresh: what it has finished is finished for its own attempts alone. */
  job: Schema.optionalKey(Schema.String),
  /** Rows that the sync had sent: no two states with rows between them are the same. */
  rows: Schema.optionalKey(Schema.Number),
  parts: Schema.optionalKey(Schema.Record(Schema.String, Part)),
  log: Schema.optionalKey(Log),
  accounts: Schema.optionalKey(Schema.String),
  stamp: Schema.optionalKey(Schema.Number),
  stamps: Schema.optionalKey(Schema.Record(Schema.String, Schema.Number)),
  scanned: Schema.optionalKey(Schema.Literal(1)),
  again: Schema.optionalKey(Schema.Literal(1)),
  begun: Schema.optionalKey(Time),
  newest: Schema.optionalKey(Time),
  high: Schema.optionalKey(Time),
  reconciled: Schema.optionalKey(Time),
  index: Schema.optionalKey(Schema.String),
  lost: Schema.optionalKey(Schema.Array(Schema.String)),
})
export type StreamState = typeof StreamStateSchema.Type

export const isStreamState = Schema.is(StreamStateSchema)
