/** For a promise whose failure changes nothing; the caller says why. */
export function ignore(): undefined {
  // Nothing to do.
}
