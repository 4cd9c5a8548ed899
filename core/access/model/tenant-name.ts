import * as z from 'zod/mini';

/**
 * 1 to 32 lower-case letters, digits and hyphens. It is part of every table key, so it must not contain a
 * separator.
 */
export const tenantName = z
  .string()
  .check(z.regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits and hyphens'));
