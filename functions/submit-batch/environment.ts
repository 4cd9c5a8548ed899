import * as z from 'zod/mini';
import { startVariables } from '../_shared/attempt-variables.ts';
import { targetVariables } from '../_shared/target-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  ...targetVariables,
  ...startVariables,
  /** Name of the queue of services that name none. */
  JOB_QUEUE: z.string().check(z.minLength(1)),
});

export type Environment = z.infer<typeof environment>;
