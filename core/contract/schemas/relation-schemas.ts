import * as z from 'zod/mini';
import { eventListQuery } from './list-schemas.ts';

/** The scope of a deletion, and whether it is a dry run. */
export const deleteJobQuery = z.strictObject({
  /** `children`: the sub-jobs are deleted too, recursively. */
  cascade: z.optional(z.literal('children')),
  /** `true`: nothing is deleted; the response lists what would be deleted. */
  dryRun: z.optional(z.enum(['true', 'false'])),
});

/** The jobs that a deletion would delete. */
export const deletionPlan = z.strictObject({
  /** Parents before their sub-jobs, at most 1,000 IDs. */
  jobIds: z.array(z.string()),
  /** False when there are more jobs, or the time was too short to read all of them. */
  complete: z.boolean(),
});

export const childListQuery = eventListQuery;
