import {ux} from '@oclif/core/ux'

/** A spinner appears when work takes longer than this. */
const SPINNER_AFTER_MS = 500

/** Shows a spinner on stderr, if stderr is a terminal. */
export interface Progress {
  withSpinner<T>(label: string, work: Promise<T>): Promise<T>
  /** Shows a status beside the spinner's label; an empty text removes it. */
  readonly show: (text: string) => void
  /** Removes the spinner. */
  stop(): void
}

/** Creates progress that stays hidden while a prompt is open. */
export function createProgress(isShown: boolean, isPromptOpen: () => boolean): Progress {
  let status = ''
  return {
    async withSpinner(label, work) {
      if (!isShown) return work
      const timer: NodeJS.Timeout = setTimeout(() => {
        if (isPromptOpen()) timer.refresh()
        else ux.action.start(label, status)
      }, SPINNER_AFTER_MS)
      let outcome = 'failed'
      try {
        const result = await work
        outcome = 'done'
        return result
      } finally {
        clearTimeout(timer)
        if (ux.action.running) ux.action.stop(outcome)
      }
    },
    show(text) {
      status = text
      if (ux.action.running) ux.action.status = text
    },
    stop() {
      if (ux.action.running) ux.action.stop('cancelled')
    },
  }
}
