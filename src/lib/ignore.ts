/** Ignores the rejection of a promise. The caller explains why that is safe. */
export function ignore(): undefined {
  // Nothing to do.
}
