import * as z from 'zod/mini';
import { attemptVariables, given } from '../_shared/attempt-variables.ts';
import { longPollVariables } from '../_shared/long-poll-variables.ts';
import { targetVariables } from '../_shared/target-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  ...attemptVariables,
  ...targetVariables,
  /** Name of the AWS Batch queue of services that name none. */
  JOB_QUEUE: given,
  ...longPollVariables,
});

export type Environment = z.infer<typeof environment>;
