import * as z from 'zod/mini';
import { requiredVariable, startVariables } from '../_shared/attempt-variables.ts';
import { eventLogVariables } from '../_shared/event-log-variables.ts';
import { webhookQueueVariables } from '../_shared/webhook-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...startVariables,
  ...eventLogVariables,
  BUS_NAME: requiredVariable,
  /** Base URL of the API: the `source` of every event. */
  API_URL: requiredVariable,
  ...webhookQueueVariables,
  /** Name of the bucket in which Lambda stores the records that could not be published. */
  UNPUBLISHED_BUCKET_NAME: requiredVariable,
});

export type Environment = z.infer<typeof environment>;
