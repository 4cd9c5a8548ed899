import type * as z from 'zod/mini';

/**
 * Reads the function's environment; throws at cold start with the name of every missing or invalid variable.
 */
export function readEnvironment<Schema extends z.ZodMiniType>(schema: Schema): z.infer<Schema> {
  const read = schema.safeParse(process.env);
  if (read.success) return read.data;
  const violations = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Invalid environment variables: ${violations.join('; ')}`);
}
