import type { FailureCode } from '../../contract/policy.ts';
import { hideAccount } from '../hide-account.ts';
import { type LambdaFailure, readLambdaFailure } from '../read-lambda-failure.ts';

/** Names under which AWS Batch refuses a submission for its rate, and under which it fails. */
const batchOverloads = [
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'ServerException',
  'ServiceUnavailable',
];

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
  return { code: code === 'capacity' || isOverloaded(failure) ? 'capacity' : 'dispatch-failed', detail };
}

/**
 * Whether AWS Batch refused the submission because of its rate, or could not serve it. The first is not modelled in its API
 * (https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html); no code of a service can give these names here.
 */
function isOverloaded({ Error: name }: LambdaFailure): boolean {
  return batchOverloads.includes(name);
}

function withoutType(detail: string): string {
  return detail.replace(/^BatchRefusal: /, '');
}
