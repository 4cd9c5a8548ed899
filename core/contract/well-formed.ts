import * as z from 'zod/mini';

/**
 * A check of text: half of a surrogate pair is refused. It has no UTF-8, so neither the table nor the event bus can be
 * relied on to keep it.
 */
export const wellFormed = z.refine<string>((text) => text.isWellFormed(), 'must be well-formed Unicode');
