import * as z from 'zod/mini';
import { given } from '../_shared/attempt-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  TABLE_NAME: given,
  BUCKET_NAME: given,
  /** How many calls a tenant may have held at a time; who follows a job is one of them. */
  MAX_HELD_CALLS: z.string().check(z.regex(/^\d{1,3}$/)),
});

export type Environment = z.infer<typeof environment>;
