import * as z from 'zod/mini';

/** What this function is told by its stack; the stack's code is typed with it. */
export const environment = z.object({
  TABLE_NAME: z.string().check(z.minLength(1)),
  BUCKET_NAME: z.string().check(z.minLength(1)),
  EXPRESS_ROUTER_ARN: z.string().check(z.minLength(1)),
  STANDARD_ROUTER_ARN: z.string().check(z.minLength(1)),
  /** How long after its creation a job that nothing claimed is looked at. */
  LOOK_AFTER_SECONDS: z.string().check(z.regex(/^[1-9]\d{0,3}$/)),
  /** How many calls a tenant may have held at a time. */
  MAX_HELD_CALLS: z.string().check(z.regex(/^\d{1,3}$/)),
});

export type Environment = z.infer<typeof environment>;
