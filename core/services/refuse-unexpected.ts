import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Service } from './model/service.ts';

/** Whether what is stored, undefined for nothing, is what the caller means to change. */
export type ServiceExpectation = (stored: Service | undefined) => boolean;

/** Throws `precondition-failed` when what is stored is not what the caller means to change. */
export function refuseUnexpected(
  isExpected: ServiceExpectation | undefined,
  stored: Service | undefined,
): void {
  if (isExpected === undefined || isExpected(stored)) return;
  const found = stored === undefined ? 'is not registered' : `has the ETag "${stored.revision}"`;
  const detail = `The version ${found}, which If-Match or If-None-Match does not allow: read it and decide anew`;
  throw new ProblemError('precondition-failed', detail);
}
