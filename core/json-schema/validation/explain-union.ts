import type { Fault } from '../../contract/problems/problem-schema.ts';
import { isJsonArray } from '../schema/json-kind.ts';
import { describeSchema, preview } from './describe-schema.ts';
import type { Explained } from './finding.ts';
import { followLocation } from './follow-location.ts';
import type { SchemaError } from './interpreter/run.ts';

interface Branch {
  /** Counted from 1, for the words. */
  readonly number: number;
  readonly words: string | undefined;
  readonly fits: boolean;
  readonly faults: readonly Fault[];
}

/** One fault for a value that fits none of several forms, or more than the one that is allowed. */
export function explainUnion(
  about: Explained,
  { keyword, keywordLocation, instanceLocation: pointer, fits = [] }: SchemaError,
  branchFaults: (index: number) => readonly Fault[],
): Fault {
  const schemas = followLocation(about.compiled, keywordLocation).schema[keyword];
  const branches = (isJsonArray(schemas) ? schemas : []).map((schema, index) => ({
    number: index + 1,
    words: describeSchema(about.compiled, schema),
    fits: fits.includes(index),
    faults: branchFaults(index),
  }));
  return { pointer, detail: unionDetail(about, pointer, branches), keyword };
}

function unionDetail(about: Explained, pointer: string, branches: readonly Branch[]): string {
  const fitting = branches.filter((branch) => branch.fits);
  if (fitting.length > 1) {
    return `must fit exactly one of ${branches.length} forms, but fits ${fitting.map(nameOf).join(' and ')}`;
  }
  if (
    branches.every((branch) => isOtherKind(branch, pointer)) &&
    branches.every(({ words }) => words !== undefined)
  ) {
    return `must be ${[...new Set(branches.map(nameOf))].join(' or ')}, not ${preview(about.valueAt(pointer))}`;
  }
  const nearest = [...branches].sort(
    (left, right) => strangeness(left, pointer) - strangeness(right, pointer),
  )[0];
  if (nearest === undefined) return 'must fit one of no forms';
  const reasons = nearest.faults
    .slice(0, 3)
    .map((fault) => `${relative(fault.pointer, pointer)}${fault.detail}`);
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return `fits none of ${branches.length} forms; the nearest is ${nameOf(nearest)}${why}`;
}

function nameOf({ words, number }: Branch): string {
  return words ?? `form ${number}`;
}

/** The value as a whole is not of this form: there is no use in telling what is wrong inside. */
function isOtherKind({ faults }: Branch, pointer: string): boolean {
  return faults.some(
    (fault) => fault.pointer === pointer && ['type', 'const', 'enum'].includes(fault.keyword),
  );
}

/** A form of another type is the least near; then one whose telling member (`kind: "circle"`) differs. */
function strangeness(branch: Branch, pointer: string): number {
  const telling = branch.faults.filter(({ keyword }) => keyword === 'const' || keyword === 'enum');
  return branch.faults.length + 100 * telling.length + (isOtherKind(branch, pointer) ? 10_000 : 0);
}

function relative(pointer: string, outer: string): string {
  return pointer === outer ? '' : `${pointer.slice(outer.length)} `;
}
