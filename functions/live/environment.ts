import * as z from 'zod/mini';
import { given } from '../_shared/attempt-variables.ts';
import { longPollVariables } from '../_shared/long-poll-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  TABLE_NAME: given,
  BUCKET_NAME: given,
  ...longPollVariables,
});

export type Environment = z.infer<typeof environment>;
