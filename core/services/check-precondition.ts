import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Service } from './model/service.ts';

/** Whether the stored version, undefined if there is none, is in the state that the caller expects. */
export type ServiceExpectation = (stored: Service | undefined) => boolean;

/** Throws `precondition-failed` when the stored version is not in the state that the caller expects. */
export function checkPrecondition(
  isExpected: ServiceExpectation | undefined,
  stored: Service | undefined,
): void {
  if (isExpected === undefined || isExpected(stored)) return;
  const found = stored === undefined ? 'is not registered' : `has the ETag "${stored.revision}"`;
  const detail = `The version ${found}, which does not satisfy If-Match or If-None-Match; read it again and repeat the request with its current ETag`;
  throw new ProblemError('precondition-failed', detail);
}
