import * as z from 'zod/mini';

/** The answer to a submission that was only checked. */
export const validSubmission = z.strictObject({ valid: z.literal(true) });

/** What the submission of a job may be asked for beside its body. */
export const submitQuery = z.strictObject({
  /** `true` checks the submission, and stores nothing. */
  validateOnly: z.optional(z.enum(['true', 'false'])),
});
