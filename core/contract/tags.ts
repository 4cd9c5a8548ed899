import * as z from 'zod/mini';
import { wellFormed } from './well-formed.ts';

/** Maximum number of tags of a job or a service. */
export const maxTags = 50;

/** Free-form labels for grouping: at most 50, each of 1 to 128 characters. */
export const tags = z
  .array(z.string().check(z.minLength(1), z.maxLength(128), wellFormed))
  .check(z.maxLength(maxTags));
