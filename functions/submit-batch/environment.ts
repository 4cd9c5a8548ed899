import * as z from 'zod/mini';
import { requiredVariable, startVariables } from '../_shared/attempt-variables.ts';
import { resourceNameVariables } from '../_shared/resource-name-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...resourceNameVariables,
  ...startVariables,
  /** Name of the AWS Batch queue for services that specify none. */
  JOB_QUEUE: requiredVariable,
});

export type Environment = z.infer<typeof environment>;
