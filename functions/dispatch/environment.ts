import * as z from 'zod/mini';
import { attemptVariables, requiredVariable } from '../_shared/attempt-variables.ts';
import { resourceNameVariables } from '../_shared/resource-name-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...resourceNameVariables,
  ...attemptVariables,
  /** Base URL of the worker routes, with or without a trailing slash. */
  WORKER_URL: requiredVariable,
});

export type Environment = z.infer<typeof environment>;
