import * as z from 'zod/mini';
import { attemptVariables, requiredVariable } from '../_shared/attempt-variables.ts';
import { webhookQueueVariables } from '../_shared/webhook-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...attemptVariables,
  ...webhookQueueVariables,
  /** Name of the AWS Batch queue for services that specify none. */
  JOB_QUEUE: requiredVariable,
  /** URL of the queue of operations. */
  OPERATION_QUEUE_URL: requiredVariable,
  /** Number of days after which ended jobs are deleted; 0 keeps them forever. */
  RETENTION_DAYS: z.string().check(z.regex(/^\d{1,5}$/)),
});

export type Environment = z.infer<typeof environment>;
