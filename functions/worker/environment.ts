import * as z from 'zod/mini';
import { attemptVariables, requiredVariable } from '../_shared/attempt-variables.ts';
import { dataVariables } from '../_shared/data-ports.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...attemptVariables,
  ...dataVariables,
  /** Base URL of the API, with or without a trailing slash, for links to sub-jobs. */
  API_URL: requiredVariable,
});

export type Environment = z.infer<typeof environment>;
