import * as z from 'zod/mini';
import { attemptVariables, given } from '../_shared/attempt-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  ...attemptVariables,
  /** Name of the AWS Batch queue of services that name none. */
  JOB_QUEUE: given,
  /** After how many days ended jobs are deleted; 0 keeps them. */
  RETENTION_DAYS: z.string().check(z.regex(/^\d{1,5}$/)),
});

export type Environment = z.infer<typeof environment>;
