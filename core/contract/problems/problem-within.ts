import { faultsText, firstFaults, ProblemError } from './problem-error.ts';

/** Of all pointers and details together, where 100 parts of a body have faults of their own. */
const maxCharacters = 5000;

/** The problem of a part of a body, with its faults' pointers from the body's root; `root` is the part's own pointer. */
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
