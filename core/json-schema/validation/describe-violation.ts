import type { DescribeViolation } from './check-value.ts';
import { schemaErrors } from './evaluate.ts';
import { explainErrors } from './explain-errors.ts';
import { valueAt } from './follow-location.ts';

/** More faults than this are not reported. */
const maxFaults = 1000;

/** Reports every fault by its place and keyword, up to 1,000. */
export const describeViolation: DescribeViolation = (violation) => {
  const { compiled, value, root } = violation;
  const about = { compiled, valueAt: (pointer: string) => valueAt(value, pointer) ?? null };
  const distinct = new Map(
    explainErrors(about, schemaErrors(violation)).map((fault) => [
      `${fault.pointer}\n${fault.keyword}\n${fault.detail}`,
      fault,
    ]),
  );
  const faults = [...distinct.values()].slice(0, maxFaults);
  // A value that does not fit must not pass for want of words.
  if (faults.length === 0) faults.push({ pointer: '', detail: 'does not fit the schema', keyword: 'schema' });
  return faults.map((fault) => ({ ...fault, pointer: `${root}${fault.pointer}` }));
};
