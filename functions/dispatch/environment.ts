import * as z from 'zod/mini';
import { attemptVariables } from '../_shared/attempt-variables.ts';
import { targetVariables } from '../_shared/target-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...targetVariables,
  ...attemptVariables,
  /** Base URL of the worker routes, with or without a trailing slash. */
  WORKER_URL: z.string().check(z.minLength(1)),
});

export type Environment = z.infer<typeof environment>;
