/** Time and randomness, as a parameter that tests replace. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** At least 0, less than 1. */
  readonly random: () => number
}
