import * as z from 'zod/mini';

/** A variable that must be there. */
export const given = z.string().check(z.minLength(1));

/** What every function needs that starts attempts of jobs. */
export const startVariables = {
  TABLE_NAME: given,
  EXPRESS_ROUTER_ARN: given,
  STANDARD_ROUTER_ARN: given,
  /** How long after its start was due an attempt that nothing claimed is looked at. */
  LOOK_AFTER_SECONDS: z.string().check(z.regex(/^[1-9]\d{0,3}$/)),
};

/** What every function needs that ends attempts of jobs and starts them. */
export const attemptVariables = { ...startVariables, BUCKET_NAME: given };
