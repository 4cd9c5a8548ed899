import * as z from 'zod/mini';
import { attemptVariables, requiredVariable } from '../_shared/attempt-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...attemptVariables,
  /** Name of the AWS Batch queue for services that specify none. */
  JOB_QUEUE: requiredVariable,
  /** URL of the queue of operations, from which this function is invoked. */
  OPERATION_QUEUE_URL: requiredVariable,
  BUS_NAME: requiredVariable,
  /** Base URL of the API: the `source` of every event. */
  API_URL: requiredVariable,
});

export type Environment = z.infer<typeof environment>;
