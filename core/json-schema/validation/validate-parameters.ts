import { type CheckedParameters, checkValue, type ParameterCheck } from './check-value.ts';
import { describeViolation } from './describe-violation.ts';

/** Fills in the defaults and tells every fault of the outcome, up to 1,000; throws for no value. */
export function validateParameters(check: ParameterCheck): CheckedParameters {
  return checkValue(check, describeViolation);
}
