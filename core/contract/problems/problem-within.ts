import { firstViolations, ProblemError, violationsText } from './problem-error.ts';

/** Limit for all pointers and details of one part together: a body may have 100 invalid parts. */
const maxCharacters = 5000;

/**
 * The problem of one part of a body, with pointers relative to the body; `root` is the pointer of the part.
 */
export function problemWithin(root: string, error: ProblemError): ProblemError {
  const violations = error.extension.errors;
  if (violations === undefined) return error;
  const errors = firstViolations(violations, maxCharacters).map((violation) => ({
    ...violation,
    pointer: `${root}${violation.pointer}`,
  }));
  return new ProblemError(error.slug, violationsText(errors, violations.length), {
    ...error.extension,
    errors,
    cause: error,
  });
}
