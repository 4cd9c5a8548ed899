import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Service } from './model/service.ts';

/** Returns whether the stored version, undefined if there is none, meets the caller's precondition. */
export type ServicePrecondition = (stored: Service | undefined) => boolean;

/** Throws `precondition-failed` if the stored version does not meet the caller's precondition. */
export function requirePrecondition(
  meetsPrecondition: ServicePrecondition | undefined,
  stored: Service | undefined,
): void {
  if (meetsPrecondition === undefined || meetsPrecondition(stored)) return;
  const state = stored === undefined ? 'is not registered' : `has the ETag "${stored.revision}"`;
  const detail = `The version ${state}, which does not satisfy If-Match or If-None-Match; read it again and repeat the request with its current ETag`;
  throw new ProblemError('precondition-failed', detail);
}
