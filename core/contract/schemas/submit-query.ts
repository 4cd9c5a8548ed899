import * as z from 'zod/mini';

/** The response to a submission that was only validated. */
export const validSubmission = z.strictObject({ valid: z.literal(true) });

/** Query of the submission of a job. */
export const submitQuery = z.strictObject({
  /** `true`: the submission is validated, and nothing is stored. */
  validateOnly: z.optional(z.enum(['true', 'false'])),
});
