import * as z from 'zod/mini';
import { jobStatuses } from './job-state.ts';

/** Text of a whole number; below 1 is refused, above 1000 is lowered to 1000 by the use case. */
const limit = z.optional(
  z.string().check(z.regex(/^[1-9]\d{0,8}$/, 'must be a whole number of 1 to 999999999')),
);
const cursor = z.optional(z.string().check(z.minLength(1), z.maxLength(256)));

const statusPattern = new RegExp(`^(?:${jobStatuses.join('|')})(?:,(?:${jobStatuses.join('|')}))*$`);

export const jobListQuery = z.strictObject({
  /** Comma list of states. */
  status: z.optional(
    z.string().check(z.regex(statusPattern, `must be a comma list of ${jobStatuses.join(', ')}`)),
  ),
  /** Comma list of service names. */
  service: z.optional(
    z
      .string()
      .check(
        z.maxLength(1024),
        z.regex(/^[a-z0-9-]+(?:,[a-z0-9-]+){0,19}$/, 'must be a comma list of at most 20 names'),
      ),
  ),
  limit,
  cursor,
});

export const serviceListQuery = z.strictObject({
  /** Exact name. */
  name: z.optional(z.string().check(z.maxLength(63))),
  tag: z.optional(z.string().check(z.maxLength(128))),
  limit,
  cursor,
});

export const eventListQuery = z.strictObject({ limit, cursor });

export const noQuery = z.strictObject({});

export function pageOf<Item extends z.core.$ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.optional(z.string()) });
}

/** The page sizes of every list. */
export const pageSize = { default: 50, max: 1000 } as const;
