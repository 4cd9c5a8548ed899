import * as z from 'zod/mini';
import { requiredVariable } from './attempt-variables.ts';

/** Environment variables of every function that requests deliveries to webhooks. */
export const webhookQueueVariables = { WEBHOOK_QUEUE_URL: requiredVariable };

/** Environment variables of every function that handles the secrets of webhooks. */
export const webhookSecretVariables = { SECRETS_TABLE_NAME: requiredVariable };

/**
 * Environment variables that the stack never sets: the local runtime adds them to its functions. On AWS, webhooks can have public
 * addresses only.
 */
export const localWebhookVariables = {
  ALLOW_LOOPBACK_WEBHOOKS: z.optional(z.literal('true')),
  /** Factor on the delays between the attempts of a delivery. */
  WEBHOOK_DELAY_SCALE: z.optional(z.string().check(z.regex(/^(?:0|1|0\.\d{1,9})$/))),
};
