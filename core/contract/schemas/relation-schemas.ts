import * as z from 'zod/mini';
import { eventListQuery } from './list-schemas.ts';

/** What a deletion can delete beside the job. */
export const deletionScopes = ['children', 'outputs', 'inputs'] as const;

/** The scope of a deletion, and whether it is a dry run. */
export const deleteJobQuery = z.strictObject({
  /**
   * Comma-separated list of what is deleted too: `children`, the sub-jobs at every depth; `outputs`, the data objects that the
   * deleted jobs wrote; `inputs`, those that they use, unless another job uses or wrote them.
   */
  cascade: z.optional(
    z
      .string()
      .check(
        z.regex(
          /^(?:children|outputs|inputs)(?:,(?:children|outputs|inputs)){0,2}$/,
          'must be a comma-separated list of children, outputs and inputs',
        ),
      ),
  ),
  /** `true`: nothing is deleted; the response lists what would be deleted. */
  dryRun: z.optional(z.enum(['true', 'false'])),
});

/** What a deletion would delete. */
export const deletionPlan = z.strictObject({
  /** Parents before their sub-jobs, at most 1,000 IDs. */
  jobIds: z.array(z.string()),
  /** At most 1,000 IDs. */
  dataIds: z.array(z.string()),
  /** False when there is more to delete, or the time was too short to read everything. */
  complete: z.boolean(),
});

export const childListQuery = eventListQuery;
