import * as z from 'zod/mini';

/**
 * Checks that a text contains no lone surrogate. A lone surrogate cannot be encoded in UTF-8, so neither the
 * table nor the event bus preserves it reliably.
 */
export const wellFormed = z.refine<string>((text) => text.isWellFormed(), 'must be well-formed Unicode');
