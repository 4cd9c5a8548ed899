import * as z from 'zod/mini';
import { requiredVariable } from '../_shared/attempt-variables.ts';
import { eventLogVariables } from '../_shared/event-log-variables.ts';
import {
  localWebhookVariables,
  webhookQueueVariables,
  webhookSecretVariables,
} from '../_shared/webhook-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  TABLE_NAME: requiredVariable,
  BUS_NAME: requiredVariable,
  /** Base URL of the API: the `source` of every event. */
  API_URL: requiredVariable,
  ...eventLogVariables,
  ...webhookQueueVariables,
  ...webhookSecretVariables,
  ...localWebhookVariables,
  /**
   * The number of threads in which Node.js resolves names. With the default of 4, one slow name server could delay the deliveries
   * to all other receivers (https://nodejs.org/api/cli.html#uv_threadpool_sizesize).
   */
  UV_THREADPOOL_SIZE: requiredVariable,
});

export type Environment = Omit<z.infer<typeof environment>, keyof typeof localWebhookVariables>;
