import type { Fault, Problem } from './problem-schema.ts';
import { type ProblemSlug, problemTypes, problemUri } from './problem-types.ts';

type Extension = Partial<Pick<Problem, 'errors' | 'suggestions' | 'versions' | 'actions'>>;

/** A request that cannot be carried out, in the words that its caller gets. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly slug: ProblemSlug;
  readonly extension: Extension;

  constructor(slug: ProblemSlug, detail: string, extension: Extension & ErrorOptions = {}) {
    const { cause, ...rest } = extension;
    super(detail, cause === undefined ? undefined : { cause });
    this.slug = slug;
    this.extension = rest;
  }
}

/** Thrown where an input has faults; all of them are told. */
export function faultsError(
  slug: 'invalid-request' | 'invalid-parameters' | 'schema-invalid',
  errors: readonly Fault[],
) {
  const detail =
    errors.length === 1
      ? `${errors[0]?.pointer || 'The body'}: ${errors[0]?.detail}`
      : `${errors.length} faults`;
  return new ProblemError(slug, detail, { errors: [...errors] });
}

export function toProblem(error: ProblemError): Problem {
  const { status, title } = problemTypes[error.slug];
  return { type: problemUri(error.slug), title, status, detail: error.message, ...error.extension };
}
