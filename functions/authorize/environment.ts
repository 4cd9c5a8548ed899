import * as z from 'zod/mini';

/** The environment variables that the stack sets for this function; the stack's code uses this type. */
export const environment = z.object({
  TABLE_NAME: z.string().check(z.minLength(1)),
});

export type Environment = z.infer<typeof environment>;
