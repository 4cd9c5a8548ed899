import { type CheckedParameters, checkValue, type ParameterCheck } from './check-value.ts';
import { describeViolation } from './describe-violation.ts';

/**
 * Fills in the defaults and reports every fault of the resulting value, up to 1,000. Does not throw for any
 * value.
 */
export function validateParameters(check: ParameterCheck): CheckedParameters {
  return checkValue(check, describeViolation);
}
