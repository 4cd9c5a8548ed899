import { faultsText, firstFaults, ProblemError } from './problem-error.ts';

/** Limit for all pointers and details of one part together: a body may have 100 invalid parts. */
const maxCharacters = 5000;

/**
 * The problem of one part of a body, with pointers relative to the body; `root` is the pointer of the part.
 */
export function problemWithin(root: string, error: ProblemError): ProblemError {
  const faults = error.extension.errors;
  if (faults === undefined) return error;
  const errors = firstFaults(faults, maxCharacters).map((fault) => ({
    ...fault,
    pointer: `${root}${fault.pointer}`,
  }));
  return new ProblemError(error.slug, faultsText(errors, faults.length), {
    ...error.extension,
    errors,
    cause: error,
  });
}
