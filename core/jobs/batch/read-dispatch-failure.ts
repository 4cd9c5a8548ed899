import type { FailureCode } from '../../contract/policy.ts';
import { type LambdaFailure, readLambdaFailure } from '../read-lambda-failure.ts';

/** What it means for the job that the function that submits to Batch failed for good. No code of a service ran there. */
export function readDispatchFailure(failure: LambdaFailure): {
  readonly code: FailureCode;
  readonly detail: string;
} {
  const { code, detail } = readLambdaFailure(failure);
  if (failure.Error === 'BatchRefusal') return { code: 'misconfigured', detail: withoutType(detail) };
  return { code: code === 'capacity' ? code : 'dispatch-failed', detail };
}

function withoutType(detail: string): string {
  return detail.replace(/^BatchRefusal: /, '');
}
