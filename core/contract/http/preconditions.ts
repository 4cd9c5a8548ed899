import { ProblemError } from '../problems/problem-error.ts';
import { entityTagPattern, parseList } from './header-list.ts';

/** `*`, or a list of entity tags. */
type Tags = '*' | readonly string[];

/** The conditions that a request sets on the entity tag of its resource; an absent member is no condition. */
export interface Preconditions {
  readonly ifMatch?: Tags | undefined;
  readonly ifNoneMatch?: Tags | undefined;
}

/** The header whose condition is false, or `met`. */
type PreconditionOutcome = 'met' | 'If-Match' | 'If-None-Match';

/**
 * Parses `If-Match` and `If-None-Match`; throws `invalid-request` for a value that is neither `*` nor a list
 * of tags.
 */
export function parsePreconditions(headers: {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}): Preconditions {
  return {
    ifMatch: parseTags('If-Match', headers.ifMatch),
    ifNoneMatch: parseTags('If-None-Match', headers.ifNoneMatch),
  };
}

/**
 * Evaluates preconditions in the order of RFC 9110, 13.2.2, against the resource's strong entity tag, which
 * is undefined when the resource does not exist. `If-Match` uses strong comparison, so a weak tag never
 * matches; `If-None-Match` uses weak comparison. The date conditions do not apply, because no resource has a
 * `Last-Modified`.
 */
export function evaluatePreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  etag: string | undefined,
): PreconditionOutcome {
  if (ifMatch !== undefined && !matches(ifMatch, etag)) return 'If-Match';
  const weakly = ifNoneMatch === '*' ? ifNoneMatch : ifNoneMatch?.map((tag) => tag.replace(/^W\//, ''));
  return weakly !== undefined && matches(weakly, etag) ? 'If-None-Match' : 'met';
}

function matches(tags: Tags, etag: string | undefined): boolean {
  return etag !== undefined && (tags === '*' || tags.includes(etag));
}

function parseTags(name: string, text: string | undefined): Tags | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '*') return '*';
  const tags = parseList(text, entityTagPattern);
  const validTags = tags.filter((tag) => tag !== undefined);
  if (validTags.length > 0 && validTags.length === tags.length) return validTags;
  throw new ProblemError(
    'invalid-request',
    `The header ${name} must be \`*\` or a list of entity tags in double quotes, such as "7", "8"; it is ${text.slice(0, 100)}`,
  );
}
