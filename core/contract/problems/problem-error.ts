import type { Problem, Violation } from './problem-schema.ts';
import { type ProblemSlug, problemTypes, problemUri } from './problem-types.ts';

type Extension = Partial<
  Pick<
    Problem,
    | 'errors'
    | 'suggestions'
    | 'versions'
    | 'actions'
    | 'missing'
    | 'jobIds'
    | 'dataIds'
    | 'missingParts'
    | 'deletedAt'
    | 'by'
  >
>;

/** Response headers that describe what is accepted, such as `Allow` for a 405. */
type Headers = Readonly<Record<string, string>>;

/** A request that cannot be fulfilled; the message is the problem `detail` that the caller receives. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly slug: ProblemSlug;
  readonly extension: Extension;
  readonly headers: Headers;

  constructor(
    slug: ProblemSlug,
    detail: string,
    extension: Extension & ErrorOptions & { readonly headers?: Headers } = {},
  ) {
    const { cause, headers = {}, ...rest } = extension;
    super(detail, cause === undefined ? undefined : { cause });
    this.slug = slug;
    this.extension = rest;
    this.headers = headers;
  }
}

/** At most this many errors are reported. */
const maxViolations = 1000;
/**
 * Limit for all pointers and details together: in a response of 6 MB a character may take 7 bytes, as
 * `\\u0001`.
 */
const maxCharacters = 400_000;
/** Limit for one pointer or detail: a member name may be as long as the body. */
const maxTextLength = 1000;

/**
 * Creates the problem of an invalid input, with all errors or, if the response would be too large, the first
 * ones.
 */
export function violationsError(
  slug:
    | 'invalid-request'
    | 'invalid-parameters'
    | 'invalid-metadata'
    | 'invalid-inputs'
    | 'schema-invalid'
    | 'unknown-job',
  violations: readonly Violation[],
) {
  const errors = firstViolations(violations, maxCharacters);
  return new ProblemError(slug, violationsText(errors, violations.length), { errors });
}

/**
 * The first errors, at most 1,000, whose pointers and details together have at most `maxLength` characters;
 * at least one. Compares lengths before building texts: very many long pointers with shared prefixes would
 * not fit in memory.
 */
export function firstViolations(violations: readonly Violation[], maxLength: number): Violation[] {
  const shown: Violation[] = [];
  let lengthLeft = maxLength;
  for (const { pointer, detail, keyword } of violations) {
    lengthLeft -= pointer.length + detail.length;
    if (shown.length === maxViolations || (lengthLeft < 0 && shown.length > 0)) break;
    shown.push({ pointer: truncate(pointer), detail: truncate(detail), keyword });
  }
  return shown;
}

function truncate(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength).toWellFormed()}…`;
}

/**
 * Summary of the errors for the problem's `detail`; `count` is their total number, including those not shown.
 */
export function violationsText(errors: readonly Violation[], count: number): string {
  if (errors.length < count) return `${count} errors; the first ${errors.length} are shown`;
  if (count !== 1) return `${count} errors`;
  return `${errors[0]?.pointer || 'The body'}: ${errors[0]?.detail}`;
}

/** The problem document (RFC 9457) of an error. */
export function toProblem(error: ProblemError): Problem {
  const { status, title } = problemTypes[error.slug];
  return { type: problemUri(error.slug), title, status, detail: error.message, ...error.extension };
}
