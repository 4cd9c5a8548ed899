import * as z from 'zod/mini';
import { requiredVariable } from '../_shared/attempt-variables.ts';
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
  ...webhookQueueVariables,
  ...webhookSecretVariables,
  ...localWebhookVariables,
});

export type Environment = Omit<z.infer<typeof environment>, keyof typeof localWebhookVariables>;
