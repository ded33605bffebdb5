// mocha stops a worker that takes over a second to exit, as on a busy machine, and its coverage would be lost.
if (process.env.MOCHA_WORKER_ID !== undefined) {
  process.on('SIGTERM', () => {
    // The worker is about to exit by itself.
  })
}
