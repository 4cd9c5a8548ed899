import * as z from 'zod/mini';
import { attemptVariables, given } from '../_shared/attempt-variables.ts';
import { targetVariables } from '../_shared/target-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  ...attemptVariables,
  ...targetVariables,
  /** Name of the AWS Batch queue of services that name none. */
  JOB_QUEUE: given,
  /** How many calls a tenant may have held at a time. */
  MAX_HELD_CALLS: z.string().check(z.regex(/^\d{1,3}$/)),
});

export type Environment = z.infer<typeof environment>;
