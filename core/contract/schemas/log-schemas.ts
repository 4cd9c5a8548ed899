import * as z from 'zod/mini';
import { pageCursor, pageLimit } from './list-schemas.ts';

export const logQuery = z.strictObject({
  /** Number of the attempt; the last one that has a log when it is left out. */
  attempt: z.optional(z.string().check(z.regex(/^(?:[1-9]|10)$/, 'must be a whole number of 1 to 10'))),
  limit: pageLimit,
  cursor: pageCursor,
});

/** A line that an attempt wrote. */
export const logLine = z.strictObject({
  /** When it was written: RFC 3339 in UTC with milliseconds. */
  at: z.string(),
  /** As it was written, without its line end; of more than 262,144 UTF-16 units only the first so many. */
  message: z.string(),
});
