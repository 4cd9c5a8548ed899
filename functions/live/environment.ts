import * as z from 'zod/mini';
import { given } from '../_shared/attempt-variables.ts';
import { heldVariables } from '../_shared/held-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  TABLE_NAME: given,
  BUCKET_NAME: given,
  ...heldVariables,
});

export type Environment = z.infer<typeof environment>;
