import * as z from 'zod/mini';

/** Environment variables of every function that appends to the event log or reads it. */
export const eventLogVariables = {
  /** How long the event log keeps events, in days; 0 for no event log. */
  EVENT_LOG_DAYS: z.string().check(z.regex(/^\d{1,4}$/)),
};
