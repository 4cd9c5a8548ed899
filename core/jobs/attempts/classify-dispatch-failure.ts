import type { FailureCode } from '../../contract/policy.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';
import { type CaughtError, classifyLambdaFailure } from './classify-lambda-failure.ts';

/**
 * Classifies the error of a submission to AWS Batch that failed permanently. No code of a service has run, so
 * all texts are from Errand or AWS.
 */
export function classifyDispatchFailure(failure: CaughtError): {
  readonly code: FailureCode;
  readonly detail: string;
} {
  const { code, detail: original } = classifyLambdaFailure(failure);
  const detail = redactAwsIdentifiers(original);
  // The name of a `BatchRejection`.
  if (failure.Error === 'BatchRefusal') return { code: 'misconfigured', detail: withoutType(detail) };
  return {
    code: code === 'capacity' || failure.Error === 'BatchThrottled' ? 'capacity' : 'dispatch-failed',
    detail,
  };
}

function withoutType(detail: string): string {
  return detail.replace(/^BatchRefusal: /, '');
}
