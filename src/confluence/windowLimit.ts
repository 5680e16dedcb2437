// The limit behind several refusals, if it is counted in windows of one second. Where the windows begin on our clock is
// unknown, and one refusal fits any beginning; but two of different paces agree on a limit for few of them.

/** The requests accepted in the second before a refusal (times in ms), and when the refused one was sent. */
export interface RefusedRound {
  readonly refusedAt: number
  readonly acceptedAt: ReadonlyArray<number>
}

/** Step in which beginnings of the windows are tried, ms. */
const STEP_MS = 20

/** Requests per second; undefined where the rounds are fewer than two, or agree on nothing. */
export const windowLimit = (rounds: ReadonlyArray<RefusedRound>): number | undefined => {
  if (rounds.length < 2) return undefined
  let least = Number.POSITIVE_INFINITY
  let limits: Array<number> = []
  for (let phase = 0; phase < 1_000; phase += STEP_MS) {
    const counts = rounds.map(({ refusedAt, acceptedAt }) => {
      const begin = refusedAt - ((refusedAt - phase) % 1_000)
      return acceptedAt.filter((time) => time >= begin).length
    })
    const difference = Math.max(...counts) - Math.min(...counts)
    if (difference > least) continue
    if (difference < least) limits = []
    least = difference
    limits.push(counts.reduce((sum, count) => sum + count, 0) / counts.length)
  }
  const limit = limits.sort((a, b) => a - b)[Math.floor(limits.length / 2)]!
  return least > Math.max(1, 0.05 * limit) ? undefined : limit
}
