import * as z from 'zod/mini';
import { requiredVariable } from '../_shared/attempt-variables.ts';
import { eventLogVariables } from '../_shared/event-log-variables.ts';
import { corsVariables } from '../_shared/http/cors.ts';
import { longPollVariables } from '../_shared/long-poll-ports.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  TABLE_NAME: requiredVariable,
  BUCKET_NAME: requiredVariable,
  ...longPollVariables,
  ...corsVariables,
  ...eventLogVariables,
  /** Base URL of the API: the `source` of every event, whatever address the caller uses. */
  API_URL: requiredVariable,
});

export type Environment = z.infer<typeof environment>;
