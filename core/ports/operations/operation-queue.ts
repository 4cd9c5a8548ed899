import type { OperationKey } from './operation-store.ts';

/** Delivers operations to the function that works on them, at least once and in any order. */
export interface OperationQueue {
  /** @param delaySeconds at most 900 */
  send(key: OperationKey, delaySeconds: number): Promise<void>;
}
