import type { FailureCode } from '../../contract/policy.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';
import { type LambdaFailure, readLambdaFailure } from './read-lambda-failure.ts';

/**
 * The failure of a job whose submission to Batch failed permanently. No code of a service has run, so all
 * texts are from Errand or AWS.
 */
export function readDispatchFailure(failure: LambdaFailure): {
  readonly code: FailureCode;
  readonly detail: string;
} {
  const { code, detail: original } = readLambdaFailure(failure);
  const detail = redactAwsIdentifiers(original);
  if (failure.Error === 'BatchRefusal') return { code: 'misconfigured', detail: withoutType(detail) };
  return {
    code: code === 'capacity' || failure.Error === 'BatchThrottled' ? 'capacity' : 'dispatch-failed',
    detail,
  };
}

function withoutType(detail: string): string {
  return detail.replace(/^BatchRefusal: /, '');
}
