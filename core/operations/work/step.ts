import type { Operation } from '../model/operation.ts';

/**
 * The result of one step of an operation. `failed`: the next step is only worth a try after a pause; `superseded`: another process
 * works on the operation.
 */
export type Step =
  | { readonly kind: 'continue' | 'failed'; readonly operation: Operation }
  | { readonly kind: 'superseded' };
