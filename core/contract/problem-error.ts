import type { Fault, Problem } from './problem-schema.ts';
import { type ProblemSlug, problemTypes, problemUri } from './problem-types.ts';

type Extension = Partial<
  Pick<Problem, 'errors' | 'suggestions' | 'versions' | 'actions' | 'missing' | 'jobIds' | 'deletedAt' | 'by'>
>;

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
  slug: 'invalid-request' | 'invalid-parameters' | 'schema-invalid' | 'unknown-job',
  errors: readonly Fault[],
) {
  return new ProblemError(slug, faultsText(errors), { errors: [...errors] });
}

/** The problem of a part of a body, with its faults' pointers from the body's root; `root` is the part's own pointer. */
export function problemWithin(root: string, error: ProblemError): ProblemError {
  if (error.extension.errors === undefined) return error;
  const errors = error.extension.errors.map((fault) => ({ ...fault, pointer: `${root}${fault.pointer}` }));
  return new ProblemError(error.slug, faultsText(errors), { ...error.extension, errors, cause: error });
}

function faultsText(errors: readonly Fault[]): string {
  if (errors.length !== 1) return `${errors.length} faults`;
  return `${errors[0]?.pointer || 'The body'}: ${errors[0]?.detail}`;
}

export function toProblem(error: ProblemError): Problem {
  const { status, title } = problemTypes[error.slug];
  return { type: problemUri(error.slug), title, status, detail: error.message, ...error.extension };
}
