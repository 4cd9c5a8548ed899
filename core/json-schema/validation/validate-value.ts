import { type CheckedValue, checkValue, type ValueCheck } from './check-value.ts';
import { describeViolations } from './describe-violations.ts';

/**
 * Fills in the defaults and reports every violation of the resulting value, up to 1,000. Does not throw for any
 * value.
 */
export function validateValue(check: ValueCheck): CheckedValue {
  return checkValue(check, describeViolations);
}
