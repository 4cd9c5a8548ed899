import * as z from 'zod/mini';

/** Query of the submission of a job. */
export const submitQuery = z.strictObject({
  /** `true`: the submission is validated, and nothing is stored. */
  validateOnly: z.optional(z.enum(['true', 'false'])),
});
