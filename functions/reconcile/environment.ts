import * as z from 'zod/mini';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  TABLE_NAME: z.string().check(z.minLength(1)),
  BUCKET_NAME: z.string().check(z.minLength(1)),
  /** Name of the AWS Batch queue of services that name none. */
  JOB_QUEUE: z.string().check(z.minLength(1)),
  EXPRESS_ROUTER_ARN: z.string().check(z.minLength(1)),
  STANDARD_ROUTER_ARN: z.string().check(z.minLength(1)),
  LOOK_AFTER_SECONDS: z.string().check(z.regex(/^[1-9]\d{0,3}$/)),
});

export type Environment = z.infer<typeof environment>;
