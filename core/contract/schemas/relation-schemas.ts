import * as z from 'zod/mini';
import { eventListQuery } from './list-schemas.ts';

/** How far a deletion goes, and whether it is only told. */
export const deleteJobQuery = z.strictObject({
  /** `children`: sub-jobs are deleted too, and theirs. */
  cascade: z.optional(z.literal('children')),
  /** `true`: nothing is deleted, but told what would be. */
  dryRun: z.optional(z.enum(['true', 'false'])),
});

/** What a deletion would delete. */
export const removalPlan = z.strictObject({
  /** A parent before its sub-jobs, at most 1,000. */
  jobIds: z.array(z.string()),
  /** False when there are more, or there was no time to read them all. */
  complete: z.boolean(),
});

export const childListQuery = eventListQuery;
