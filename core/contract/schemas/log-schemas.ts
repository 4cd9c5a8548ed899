import * as z from 'zod/mini';
import { pageCursor, pageLimit } from './list-schemas.ts';

export const logQuery = z.strictObject({
  /** Number of the attempt; by default the last attempt that has a log. */
  attempt: z.optional(z.string().check(z.regex(/^(?:[1-9]|10)$/, 'must be a whole number from 1 to 10'))),
  limit: pageLimit,
  cursor: pageCursor,
});

/** One line of an attempt's log. */
export const logLine = z.strictObject({
  /** Time of the line: RFC 3339 in UTC with milliseconds. */
  at: z.string(),
  /** The text without its line terminator, truncated to 262,144 UTF-16 code units. */
  message: z.string(),
});
