import type { DescribeViolations } from './check-value.ts';
import { schemaErrors } from './evaluate.ts';
import { explainErrors } from './explain-errors.ts';
import { valueAt } from './follow-location.ts';

/** Further violations are not reported. */
const maxViolations = 1000;

/** Reports every violation with its location and keyword, up to 1,000. */
export const describeViolations: DescribeViolations = (failed) => {
  const { compiled, value, root } = failed;
  const context = { compiled, valueAt: (pointer: string) => valueAt(value, pointer) ?? null };
  const distinct = new Map(
    explainErrors(context, schemaErrors(failed)).map((violation) => [
      `${violation.pointer}\n${violation.keyword}\n${violation.detail}`,
      violation,
    ]),
  );
  const violations = [...distinct.values()].slice(0, maxViolations);
  // A value that does not match must be rejected even if no violation describes why.
  if (violations.length === 0)
    violations.push({ pointer: '', detail: 'does not match the schema', keyword: 'schema' });
  return violations.map((violation) => ({ ...violation, pointer: `${root}${violation.pointer}` }));
};
