/** The responses to the callers of the data routes. */
export interface DataLedger {
  /** IDs of created objects. */
  readonly created: Set<string>;
  /** IDs of objects whose upload was reported to be complete. */
  readonly completed: Set<string>;
  /** Names of the objects that were created with an idempotency key. */
  readonly keyed: Set<string>;
  readonly deletions: DataDeletion[];
}

/** The response to a caller that deletes a data object. */
export interface DataDeletion {
  readonly dataId: string;
  /** `unknown`: the caller died before it received a response. */
  readonly result: 'deleted' | 'refused' | 'unknown';
}

export function dataLedger(): DataLedger {
  return { created: new Set(), completed: new Set(), keyed: new Set(), deletions: [] };
}
