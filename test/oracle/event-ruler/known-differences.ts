/** A pattern on which the local runtime differs from Event Ruler by intent. */
interface KnownDifference {
  readonly reason: string;
  /** JSON. */
  readonly pattern: string;
  /** JSON. */
  readonly event: string;
}

/** All of them: every other pattern must get the same verdict. */
export const knownDifferences: readonly KnownDifference[] = [];
