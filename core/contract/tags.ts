import * as z from 'zod/mini';
import { wellFormed } from './well-formed.ts';

/** Maximum number of tags of a job or a service. */
export const maxTags = 50;

/** A free-form label: 1 to 128 characters. An empty one is one error, whatever other rules it violates. */
const label = z.string().check(z.minLength(1, { abort: true }), z.maxLength(128), wellFormed);

/** Free-form labels for grouping: at most 50, each of 1 to 128 characters. */
export const tags = z.array(label).check(z.maxLength(maxTags));

/**
 * The name of a group of jobs, whose jobs are counted by state: 1 to 128 characters. Clients remove `.` and `..` from
 * the path of a URL, also percent-encoded (https://url.spec.whatwg.org/#double-dot-path-segment).
 */
export const groupName = label.check(z.regex(/^(?:[^.]|\.[^.]|\.\.[\s\S])/, 'must not be "." or ".."'));

/** The beginning of the name of a group. */
export const groupPrefix = label;
