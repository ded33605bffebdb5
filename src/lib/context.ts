export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly random: () => number
}

/** What a command tells the user while it works. None of it is the result, and none of it goes to stdout. */
export interface Report {
  /** Prints a warning on stderr, even with `--json`. */
  readonly warn: (message: string) => void
  /** Prints a line on stderr if DEBUG contains `astro` or `*`. Joins the parts with spaces and omits undefined ones. */
  readonly debug: (...parts: ReadonlyArray<number | string | undefined>) => void
  /** Shows a status beside the spinner's label; an empty text removes it. */
  readonly status: (text: string) => void
}

export interface Context {
  readonly env: NodeJS.ProcessEnv
  /** The user's home directory; empty if there is none. */
  readonly home: string
  /** The working directory; undefined if it was removed. */
  readonly directory: string | undefined
  /** The system's user ID; undefined on Windows. */
  readonly userId: number | undefined
  readonly clock: Clock
  readonly report: Report
}
