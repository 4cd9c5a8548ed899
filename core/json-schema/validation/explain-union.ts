import type { Fault } from '../../contract/problems/problem-schema.ts';
import { isJsonArray } from '../schema/json-kind.ts';
import { describeSchema, preview } from './describe-schema.ts';
import type { ExplainContext } from './finding.ts';
import { followLocation } from './follow-location.ts';
import type { SchemaError } from './interpreter/run.ts';

interface Branch {
  /** Counted from 1, for use in a sentence. */
  readonly number: number;
  readonly description: string | undefined;
  readonly fits: boolean;
  readonly faults: readonly Fault[];
}

/**
 * Creates the fault of a value that matches no alternative of `anyOf` or `oneOf`, or more than one of
 * `oneOf`.
 */
export function explainUnion(
  context: ExplainContext,
  { keyword, keywordLocation, instanceLocation: pointer, fits = [] }: SchemaError,
  branchFaults: (index: number) => readonly Fault[],
): Fault {
  const schemas = followLocation(context.compiled, keywordLocation).schema[keyword];
  const branches = (isJsonArray(schemas) ? schemas : []).map((schema, index) => ({
    number: index + 1,
    description: describeSchema(context.compiled, schema),
    fits: fits.includes(index),
    faults: branchFaults(index),
  }));
  return { pointer, detail: unionDetail(context, pointer, branches), keyword };
}

function unionDetail(context: ExplainContext, pointer: string, branches: readonly Branch[]): string {
  const fitting = branches.filter((branch) => branch.fits);
  if (fitting.length > 1) {
    return `must match exactly one of ${branches.length} alternatives, but matches ${fitting.map(describeBranch).join(' and ')}`;
  }
  if (
    branches.every((branch) => hasTypeMismatch(branch, pointer)) &&
    branches.every(({ description }) => description !== undefined)
  ) {
    return `must be ${[...new Set(branches.map(describeBranch))].join(' or ')}, not ${preview(context.valueAt(pointer))}`;
  }
  const closest = [...branches].sort(
    (left, right) => distanceOf(left, pointer) - distanceOf(right, pointer),
  )[0];
  if (closest === undefined) return 'cannot match: the schema has no alternatives';
  const reasons = closest.faults
    .slice(0, 3)
    .map((fault) => `${relative(fault.pointer, pointer)}${fault.detail}`);
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return `matches none of ${branches.length} alternatives; the closest is ${describeBranch(closest)}${why}`;
}

function describeBranch({ description, number }: Branch): string {
  return description ?? `alternative ${number}`;
}

/**
 * Whether the value as a whole has another type than the alternative, so that its inner faults do not matter.
 */
function hasTypeMismatch({ faults }: Branch, pointer: string): boolean {
  return faults.some(
    (fault) => fault.pointer === pointer && ['type', 'const', 'enum'].includes(fault.keyword),
  );
}

/**
 * An alternative of another type is the most distant, then one whose discriminator (`kind: "circle"`)
 * differs.
 */
function distanceOf(branch: Branch, pointer: string): number {
  const discriminators = branch.faults.filter(({ keyword }) => keyword === 'const' || keyword === 'enum');
  return branch.faults.length + 100 * discriminators.length + (hasTypeMismatch(branch, pointer) ? 10_000 : 0);
}

function relative(pointer: string, outer: string): string {
  return pointer === outer ? '' : `${pointer.slice(outer.length)} `;
}
