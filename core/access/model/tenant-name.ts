import * as z from 'zod/mini';

/** 1 to 32 characters: lower-case letters, digits, `-`. It is part of every key, so it can hold no separator. */
export const tenantName = z
  .string()
  .check(z.regex(/^[a-z0-9-]{1,32}$/, 'must be lower-case letters, digits and -, 1 to 32'));
