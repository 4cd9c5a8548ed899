import type { FailureCode } from '../../contract/policy.ts';
import { hideAccount } from '../records/hide-account.ts';
import { type LambdaFailure, readLambdaFailure } from './read-lambda-failure.ts';

/**
 * What it means for the job that the function that submits to Batch failed for good. No code of a service ran there, so all
 * words are Errand's or those of AWS.
 */
export function readDispatchFailure(failure: LambdaFailure): {
  readonly code: FailureCode;
  readonly detail: string;
} {
  const { code, detail: original } = readLambdaFailure(failure);
  const detail = hideAccount(original);
  if (failure.Error === 'BatchRefusal') return { code: 'misconfigured', detail: withoutType(detail) };
  return {
    code: code === 'capacity' || failure.Error === 'BatchThrottled' ? 'capacity' : 'dispatch-failed',
    detail,
  };
}

function withoutType(detail: string): string {
  return detail.replace(/^BatchRefusal: /, '');
}
