import { digest } from '../../std/digest.ts';

/** Number of characters that identify the execution. */
const executionLength = 18;

/**
 * Number of characters that identify one run of the execution: Step Functions may run an Express execution
 * twice.
 */
const runLength = 6;

/**
 * Identifies the execution that makes a claim, and its run: 18 characters of the digest of the execution's
 * ID, followed by 6 characters of the digest of `enteredAt`, the time at which this run entered the state
 * `Dispatch`.
 */
export function executionDigest(executionId: string, enteredAt = ''): string {
  return digest(executionId).slice(0, executionLength) + digest(enteredAt).slice(0, runLength);
}

/** Returns whether two digests identify the same execution, regardless of the run. */
export function isSameExecution(left: string | undefined, right: string): boolean {
  return left?.slice(0, executionLength) === right.slice(0, executionLength);
}
