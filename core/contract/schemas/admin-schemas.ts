import * as z from 'zod/mini';

/** A request to publish kept changes again. */
export const redriveRequest = z.strictObject({
  /** Maximum number of batches of one call. */
  limit: z.optional(z.int().check(z.minimum(1), z.maximum(500))),
  /** Whether to read and count without publishing. */
  dryRun: z.optional(z.boolean()),
  /** The `nextCursor` of the previous call. */
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(2048))),
});

const count = z.int().check(z.minimum(0));

/** What became of the batches of a call. */
export const redriveReport = z.strictObject({
  dryRun: z.boolean(),
  found: count,
  published: count,
  failed: count,
  unreadable: count,
  remaining: count,
  /** False if batches follow, or if the time of the call ended before. */
  complete: z.boolean(),
  nextCursor: z.optional(z.string()),
});

export type RedriveReport = z.infer<typeof redriveReport>;
