import type { Violation } from '../../contract/problems/problem-schema.ts';
import { pointerSegments } from '../schema/json-pointer.ts';
import { explainError } from './explain-error.ts';
import { explainUnion } from './explain-union.ts';
import type { ExplainContext, Finding } from './finding.ts';
import type { SchemaError } from './interpreter/run.ts';

/** More than any list of reported violations needs. */
const maxFindings = 2000;
/** Total of all pointers: a single name may be as long as the body and be part of many pointers. */
const maxPointerCharacters = 1_000_000;

/**
 * Translates the interpreter's errors into violations, with pointers from the root of the value. Only the error
 * itself is reported, never that a value that contains it is invalid, too.
 */
export function explainErrors(context: ExplainContext, errors: readonly SchemaError[]): readonly Violation[] {
  const findings: Finding[] = [];
  let charactersLeft = maxPointerCharacters;
  for (let at = 0; at < errors.length && findings.length < maxFindings && charactersLeft > 0; ) {
    const error = errors[at];
    if (error === undefined) break;
    const inner = isSummarized(error) ? innerErrors(errors, at) : [];
    for (const finding of explainEntry(context, error, inner)) {
      if (findings.length === maxFindings || charactersLeft <= 0) break;
      charactersLeft -= finding.violation.pointer.length;
      findings.push(finding);
    }
    at += 1 + inner.length;
  }
  return withoutImplied(findings).map(({ violation }) => violation);
}

/** Keywords whose subschemas are summarized in one violation. */
function isSummarized({ keyword }: SchemaError): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'propertyNames';
}

function explainEntry(
  context: ExplainContext,
  error: SchemaError,
  inner: readonly SchemaError[],
): readonly Finding[] {
  if (!isSummarized(error)) return explainError(context, error);
  if (error.keyword === 'propertyNames') return [{ violation: explainName(context, error, inner) }];
  const branchViolations = (index: number) => {
    const location = `${error.keywordLocation}/${index}`;
    return explainErrors(
      context,
      inner.filter((candidate) => isWithin(candidate.keywordLocation, location)),
    );
  };
  return [{ violation: explainUnion(context, error, branchViolations) }];
}

function explainName(context: ExplainContext, error: SchemaError, inner: readonly SchemaError[]): Violation {
  const pointer = inner[0]?.instanceLocation ?? error.instanceLocation;
  const name = pointerSegments(pointer).at(-1) ?? '';
  const details = explainErrors({ ...context, valueAt: () => name }, inner).map(({ detail }) => detail);
  return {
    pointer,
    detail: `has an invalid name, which ${details.join(', and ')}`,
    keyword: 'propertyNames',
  };
}

/**
 * Returns the errors of a keyword's subschemas: the interpreter records them directly after the keyword's
 * error.
 */
function innerErrors(errors: readonly SchemaError[], at: number): readonly SchemaError[] {
  const { keywordLocation = '', instanceLocation = '' } = errors[at] ?? {};
  const end = errors.findIndex(
    (candidate, index) =>
      index > at &&
      !(
        candidate.keywordLocation.startsWith(`${keywordLocation}/`) &&
        isWithin(candidate.instanceLocation, instanceLocation)
      ),
  );
  return errors.slice(at + 1, end === -1 ? errors.length : end);
}

function isWithin(location: string, outer: string): boolean {
  return location === outer || location.startsWith(`${outer}/`);
}

function withoutImplied(findings: readonly Finding[]): readonly Finding[] {
  const independent = findings.filter(({ impliedByErrorsAt: echoOf }) => echoOf === undefined);
  return findings.filter(
    ({ impliedByErrorsAt: echoOf }) =>
      echoOf === undefined || !independent.some(({ violation }) => isWithin(violation.pointer, echoOf)),
  );
}
