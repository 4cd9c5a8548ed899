import type { Operation } from '../model/operation.ts';

/**
 * The result of one step of an operation. `failed`: the next step is only worth a try after a pause; `busy`: so it is, because a
 * service is busy or unreachable; `superseded`: another process works on the operation.
 */
export type Step =
  | { readonly kind: 'continue' | 'failed' | 'busy'; readonly operation: Operation }
  | { readonly kind: 'superseded' };

/** Distinguishes errors of a busy or unreachable service, after which the same call can succeed later, from all others. */
export interface TransientErrors {
  isTransient(error: unknown): boolean;
}
