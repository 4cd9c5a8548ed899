import * as z from 'zod/mini';
import { attemptVariables, given } from '../_shared/attempt-variables.ts';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  ...attemptVariables,
  /** Base URL of the API, with or without a slash at its end: sub-jobs are read there. */
  API_URL: given,
});

export type Environment = z.infer<typeof environment>;
