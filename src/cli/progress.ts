import {ux} from '@oclif/core/ux'

const SPINNER_AFTER_MS = 500

/** Shows a spinner on stderr while work takes longer, if stderr is a terminal. */
export interface Progress {
  readonly withSpinner: <T>(label: string, work: Promise<T>) => Promise<T>
  /** Shows a status beside the spinner's label; an empty text removes it. */
  readonly show: (text: string) => void
  readonly stop: () => void
}

export function createProgress(isShown: boolean): Progress {
  let status = ''
  return {
    async withSpinner(label, work) {
      if (!isShown) return work
      const timer = setTimeout(() => {
        ux.action.start(label, status)
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
