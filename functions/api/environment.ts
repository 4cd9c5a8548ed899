import * as z from 'zod/mini';
import { attemptVariables, requiredVariable } from '../_shared/attempt-variables.ts';
import { dataVariables } from '../_shared/data-ports.ts';
import { eventLogVariables } from '../_shared/event-log-variables.ts';
import { corsVariables } from '../_shared/http/cors.ts';
import { longPollVariables } from '../_shared/long-poll-ports.ts';
import { resourceNameVariables } from '../_shared/resource-name-variables.ts';
import {
  localWebhookVariables,
  webhookQueueVariables,
  webhookSecretVariables,
} from '../_shared/webhook-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...attemptVariables,
  ...dataVariables,
  ...eventLogVariables,
  ...resourceNameVariables,
  /** Name of the AWS Batch queue for services that specify none. */
  JOB_QUEUE: requiredVariable,
  ...longPollVariables,
  ...corsVariables,
  /** Name of the function that publishes events, which also publishes kept ones again. */
  PUBLISHER_NAME: requiredVariable,
  /** URL of the queue of operations. */
  OPERATION_QUEUE_URL: requiredVariable,
  ...webhookQueueVariables,
  ...webhookSecretVariables,
  ...localWebhookVariables,
});

export type Environment = Omit<z.infer<typeof environment>, keyof typeof localWebhookVariables>;
