import * as z from 'zod/mini';
import { attemptVariables } from '../_shared/attempt-variables.ts';
import { targetVariables } from '../_shared/target-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  ...targetVariables,
  ...attemptVariables,
  /** Base URL of the worker routes, with or without a slash at its end. */
  WORKER_URL: z.string().check(z.minLength(1)),
});

export type Environment = z.infer<typeof environment>;
