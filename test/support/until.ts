/** Resolves as soon as the condition holds. Checks it at every turn of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (holds()) resolve()
      else setImmediate(look)
    }

    look()
  })
}
