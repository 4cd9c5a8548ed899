import { ProblemError } from '../problems/problem-error.ts';
import { entityTagForm, readList } from './header-list.ts';

/** `*`, or the entity tags of a list. */
type Tags = '*' | readonly string[];

/** What a request asks of the tag of the thing that it reads or writes; absent members ask nothing. */
export interface Preconditions {
  readonly ifMatch?: Tags | undefined;
  readonly ifNoneMatch?: Tags | undefined;
}

/** The header whose condition is false, or `met`. */
type PreconditionOutcome = 'met' | 'If-Match' | 'If-None-Match';

/** Reads `If-Match` and `If-None-Match`; throws `invalid-request` for a value that is neither `*` nor a list of tags. */
export function readPreconditions(headers: {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}): Preconditions {
  return {
    ifMatch: readTags('If-Match', headers.ifMatch),
    ifNoneMatch: readTags('If-None-Match', headers.ifNoneMatch),
  };
}

/**
 * Evaluates preconditions in the order of RFC 9110, 13.2.2, against the strong tag of what is there, undefined when
 * nothing is. `If-Match` compares strongly, so a weak tag never matches; `If-None-Match` compares weakly. The conditions on
 * dates do not apply: nothing here has a `Last-Modified`.
 */
export function evaluatePreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  etag: string | undefined,
): PreconditionOutcome {
  if (ifMatch !== undefined && !names(ifMatch, etag)) return 'If-Match';
  const weakly = ifNoneMatch === '*' ? ifNoneMatch : ifNoneMatch?.map((tag) => tag.replace(/^W\//, ''));
  return weakly !== undefined && names(weakly, etag) ? 'If-None-Match' : 'met';
}

function names(tags: Tags, etag: string | undefined): boolean {
  return etag !== undefined && (tags === '*' || tags.includes(etag));
}

function readTags(name: string, text: string | undefined): Tags | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '*') return '*';
  const tags = readList(text, entityTagForm);
  const read = tags.filter((tag) => tag !== undefined);
  if (read.length > 0 && read.length === tags.length) return read;
  throw new ProblemError(
    'invalid-request',
    `${name} must be \`*\` or a list of entity tags in double quotes, such as "7", "8"; it is ${text.slice(0, 100)}`,
  );
}
