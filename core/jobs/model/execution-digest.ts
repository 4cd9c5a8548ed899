import { digest } from '../../std/digest.ts';

/** So many characters of a digest know an execution, and the ones behind them a run of it: Express may run one twice. */
const [executionLength, runLength] = [18, 6];

/**
 * By what a claim knows its execution, 18 characters of the digest of its id, and which run of it claims, 6 of the digest of the
 * time at which that came to its claim.
 */
export function executionDigest(executionId: string, enteredAt = ''): string {
  return digest(executionId).slice(0, executionLength) + digest(enteredAt).slice(0, runLength);
}

/** True for two digests of the same execution, whichever run of it. */
export function isSameExecution(one: string | undefined, other: string): boolean {
  return one?.slice(0, executionLength) === other.slice(0, executionLength);
}
