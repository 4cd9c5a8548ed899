import * as z from 'zod/mini';
import { attemptVariables, requiredVariable } from '../_shared/attempt-variables.ts';
import { corsVariables } from '../_shared/http/cors.ts';
import { longPollVariables } from '../_shared/long-poll-ports.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...attemptVariables,
  ...longPollVariables,
  ...corsVariables,
  /** URL of the queue of operations. */
  OPERATION_QUEUE_URL: requiredVariable,
});

export type Environment = z.infer<typeof environment>;
