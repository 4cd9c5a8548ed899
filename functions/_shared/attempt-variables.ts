import * as z from 'zod/mini';

/** A required variable. */
export const requiredVariable = z.string().check(z.minLength(1));

/** Environment variables of every function that starts attempts. */
export const startVariables = {
  TABLE_NAME: requiredVariable,
  EXPRESS_ROUTER_ARN: requiredVariable,
  STANDARD_ROUTER_ARN: requiredVariable,
  /** Seconds after the due start of an attempt at which the reconciler checks whether it was claimed. */
  LOOK_AFTER_SECONDS: z.string().check(z.regex(/^[1-9]\d{0,3}$/)),
};

/** Environment variables of every function that starts and ends attempts. */
export const attemptVariables = { ...startVariables, BUCKET_NAME: requiredVariable };
