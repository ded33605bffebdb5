/** Replaces cli-spinners. @oclif/core shows only these two of its 90 spinners. */
export default {
  dots2: {frames: ['⣾', '⣽', '⣻', '⢿', '⡿', '⣟', '⣯', '⣷']},
  line: {frames: ['-', '\\', '|', '/']},
}
