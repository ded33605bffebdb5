/** Time and chance, passed in so that tests decide them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  sleep(milliseconds: number): Promise<void>
  /** At least 0, less than 1. */
  random(): number
}
