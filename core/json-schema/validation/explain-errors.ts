import type { Fault } from '../../contract/problems/problem-schema.ts';
import { pointerSegments } from '../schema/json-pointer.ts';
import { explainError } from './explain-error.ts';
import { explainUnion } from './explain-union.ts';
import type { Explained, Finding } from './finding.ts';
import type { SchemaError } from './interpreter/run.ts';

/** Enough for every list of faults that is reported. */
const maxFindings = 2000;
/** Of all pointers together: one name may be as long as a body, and belong to very many faults. */
const maxPointerCharacters = 1_000_000;

/**
 * The interpreter's errors as faults, pointers from the value's root: what is wrong itself, never that something
 * further in is wrong.
 */
export function explainErrors(about: Explained, errors: readonly SchemaError[]): readonly Fault[] {
  const findings: Finding[] = [];
  let charactersLeft = maxPointerCharacters;
  for (let at = 0; at < errors.length && findings.length < maxFindings && charactersLeft > 0; ) {
    const error = errors[at];
    if (error === undefined) break;
    const inner = isShown(error) ? innerErrors(errors, at) : [];
    for (const finding of explainShown(about, error, inner)) {
      if (findings.length === maxFindings || charactersLeft <= 0) break;
      charactersLeft -= finding.fault.pointer.length;
      findings.push(finding);
    }
    at += 1 + inner.length;
  }
  return withoutEchoes(findings).map(({ fault }) => fault);
}

/** Keywords whose schemas are told of in one fault. */
function isShown({ keyword }: SchemaError): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'propertyNames';
}

function explainShown(
  about: Explained,
  error: SchemaError,
  inner: readonly SchemaError[],
): readonly Finding[] {
  if (!isShown(error)) return explainError(about, error);
  if (error.keyword === 'propertyNames') return [{ fault: explainName(about, error, inner) }];
  const branchFaults = (index: number) => {
    const location = `${error.keywordLocation}/${index}`;
    return explainErrors(
      about,
      inner.filter((unit) => isWithin(unit.keywordLocation, location)),
    );
  };
  return [{ fault: explainUnion(about, error, branchFaults) }];
}

function explainName(about: Explained, error: SchemaError, inner: readonly SchemaError[]): Fault {
  const pointer = inner[0]?.instanceLocation ?? error.instanceLocation;
  const name = pointerSegments(pointer).at(-1) ?? '';
  const details = explainErrors({ ...about, valueAt: () => name }, inner).map(({ detail }) => detail);
  return { pointer, detail: `its name ${details.join(', and ')}`, keyword: 'propertyNames' };
}

/** The errors of a keyword's own schemas: the interpreter puts them in a row behind the keyword's error. */
function innerErrors(errors: readonly SchemaError[], at: number): readonly SchemaError[] {
  const { keywordLocation = '', instanceLocation = '' } = errors[at] ?? {};
  const end = errors.findIndex(
    (unit, index) =>
      index > at &&
      !(
        unit.keywordLocation.startsWith(`${keywordLocation}/`) &&
        isWithin(unit.instanceLocation, instanceLocation)
      ),
  );
  return errors.slice(at + 1, end === -1 ? errors.length : end);
}

function isWithin(location: string, outer: string): boolean {
  return location === outer || location.startsWith(`${outer}/`);
}

function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const others = findings.filter(({ echoOf }) => echoOf === undefined);
  return findings.filter(
    ({ echoOf }) => echoOf === undefined || !others.some(({ fault }) => isWithin(fault.pointer, echoOf)),
  );
}
