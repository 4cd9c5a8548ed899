import * as z from 'zod/mini';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  TABLE_NAME: z.string().check(z.minLength(1)),
  EXPRESS_ROUTER_ARN: z.string().check(z.minLength(1)),
  STANDARD_ROUTER_ARN: z.string().check(z.minLength(1)),
  LOOK_AFTER_SECONDS: z.string().check(z.regex(/^[1-9]\d{0,3}$/)),
  BUS_NAME: z.string().check(z.minLength(1)),
  /** Base URL of the API: the `source` of every event. */
  API_URL: z.string().check(z.minLength(1)),
});

export type Environment = z.infer<typeof environment>;
