/** What a benchmark measures, and a line of the table that it prints. */

/** One line of the table. */
export interface Result {
  readonly figure: string
  readonly goal: string
  readonly measured: string
  readonly detail: string
}

export interface Figure {
  readonly name: string
  readonly measure: () => Promise<ReadonlyArray<Result>>
}
