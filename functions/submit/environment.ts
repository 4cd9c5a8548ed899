import * as z from 'zod/mini';
import { attemptVariables } from '../_shared/attempt-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  ...attemptVariables,
  /** How many calls a tenant may have held at a time. */
  MAX_HELD_CALLS: z.string().check(z.regex(/^\d{1,3}$/)),
});

export type Environment = z.infer<typeof environment>;
