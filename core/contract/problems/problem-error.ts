import type { Fault, Problem } from './problem-schema.ts';
import { type ProblemSlug, problemTypes, problemUri } from './problem-types.ts';

type Extension = Partial<
  Pick<Problem, 'errors' | 'suggestions' | 'versions' | 'actions' | 'missing' | 'jobIds' | 'deletedAt' | 'by'>
>;

/** Headers of the answer that say what would be accepted, such as `Allow` beside a 405. */
type Headers = Readonly<Record<string, string>>;

/** A request that cannot be carried out, in the words that its caller gets. */
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

/** More faults than this are not told. */
const maxFaults = 1000;
/** Of all pointers and details together; in an answer of 6 MB each may take 7 bytes, as `\\u0001`. */
const maxCharacters = 400_000;
/** Of one pointer or detail: a name may be as long as a body. */
const maxTextLength = 1000;

/** Thrown where an input has faults: tells all of them, or the first 1,000 where an answer could not hold all. */
export function faultsError(
  slug: 'invalid-request' | 'invalid-parameters' | 'schema-invalid' | 'unknown-job',
  faults: readonly Fault[],
) {
  const errors = firstFaults(faults, maxCharacters);
  return new ProblemError(slug, faultsText(errors, faults.length), { errors });
}

/**
 * The first faults, 1,000 at most, whose pointers and details have no more than so many characters together; always one.
 * Looks at lengths first: very many long pointers that share their beginnings would not fit in memory as texts.
 */
export function firstFaults(faults: readonly Fault[], maxLength: number): Fault[] {
  const told: Fault[] = [];
  let lengthLeft = maxLength;
  for (const { pointer, detail, keyword } of faults) {
    lengthLeft -= pointer.length + detail.length;
    if (told.length === maxFaults || (lengthLeft < 0 && told.length > 0)) break;
    told.push({ pointer: cut(pointer), detail: cut(detail), keyword });
  }
  return told;
}

function cut(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength).toWellFormed()}…`;
}

/** The faults in a few words, of which so many there are. */
export function faultsText(errors: readonly Fault[], count: number): string {
  if (errors.length < count) return `${count} faults, of which the first ${errors.length} are told`;
  if (count !== 1) return `${count} faults`;
  return `${errors[0]?.pointer || 'The body'}: ${errors[0]?.detail}`;
}

export function toProblem(error: ProblemError): Problem {
  const { status, title } = problemTypes[error.slug];
  return { type: problemUri(error.slug), title, status, detail: error.message, ...error.extension };
}
