import type { Violation } from '../../contract/problems/problem-schema.ts';
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
  readonly violations: readonly Violation[];
}

/**
 * Creates the violation of a value that matches no alternative of `anyOf` or `oneOf`, or more than one of
 * `oneOf`.
 */
export function explainUnion(
  context: ExplainContext,
  { keyword, keywordLocation, instanceLocation: pointer, fits = [] }: SchemaError,
  branchViolations: (index: number) => readonly Violation[],
): Violation {
  const schemas = followLocation(context.compiled, keywordLocation).schema[keyword];
  const branches = (isJsonArray(schemas) ? schemas : []).map((schema, index) => ({
    number: index + 1,
    description: describeSchema(context.compiled, schema),
    fits: fits.includes(index),
    violations: branchViolations(index),
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
  const reasons = closest.violations
    .slice(0, 3)
    .map((violation) => `${relative(violation.pointer, pointer)}${violation.detail}`);
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return `matches none of ${branches.length} alternatives; the closest is ${describeBranch(closest)}${why}`;
}

function describeBranch({ description, number }: Branch): string {
  return description ?? `alternative ${number}`;
}

/**
 * Whether the value as a whole has another type than the alternative, so that its inner violations do not matter.
 */
function hasTypeMismatch({ violations }: Branch, pointer: string): boolean {
  return violations.some(
    (violation) => violation.pointer === pointer && ['type', 'const', 'enum'].includes(violation.keyword),
  );
}

/**
 * An alternative of another type is the most distant, then one whose discriminator (`kind: "circle"`)
 * differs.
 */
function distanceOf(branch: Branch, pointer: string): number {
  const discriminators = branch.violations.filter(({ keyword }) => keyword === 'const' || keyword === 'enum');
  return (
    branch.violations.length + 100 * discriminators.length + (hasTypeMismatch(branch, pointer) ? 10_000 : 0)
  );
}

function relative(pointer: string, outer: string): string {
  return pointer === outer ? '' : `${pointer.slice(outer.length)} `;
}
