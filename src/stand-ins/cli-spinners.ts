/** Stands in for cli-spinners: the two of its 90 spinners that @oclif/core shows. */
export default {
  dots2: {frames: ['⣾', '⣽', '⣻', '⢿', '⡿', '⣟', '⣯', '⣷']},
  line: {frames: ['-', '\\', '|', '/']},
}
