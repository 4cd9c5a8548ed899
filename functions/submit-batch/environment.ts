import * as z from 'zod/mini';
import { startVariables } from '../_shared/attempt-variables.ts';
import { targetVariables } from '../_shared/target-variables.ts';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  ...targetVariables,
  ...startVariables,
  /** Name of the AWS Batch queue for services that specify none. */
  JOB_QUEUE: z.string().check(z.minLength(1)),
});

export type Environment = z.infer<typeof environment>;
