import type { DescribeViolation } from './check-value.ts';
import { schemaErrors } from './evaluate.ts';
import { explainErrors } from './explain-errors.ts';
import { valueAt } from './follow-location.ts';

/** Further faults are not reported. */
const maxFaults = 1000;

/** Reports every fault with its location and keyword, up to 1,000. */
export const describeViolation: DescribeViolation = (violation) => {
  const { compiled, value, root } = violation;
  const context = { compiled, valueAt: (pointer: string) => valueAt(value, pointer) ?? null };
  const distinct = new Map(
    explainErrors(context, schemaErrors(violation)).map((fault) => [
      `${fault.pointer}\n${fault.keyword}\n${fault.detail}`,
      fault,
    ]),
  );
  const faults = [...distinct.values()].slice(0, maxFaults);
  // A value that does not match must be rejected even if no fault describes why.
  if (faults.length === 0)
    faults.push({ pointer: '', detail: 'does not match the schema', keyword: 'schema' });
  return faults.map((fault) => ({ ...fault, pointer: `${root}${fault.pointer}` }));
};
