import type { InvokeResult } from '../../cloud.ts';

/** The outcome that an invocation record describes. */
export interface InvocationOutcome {
  readonly requestId: string;
  readonly functionArn: string;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
  /** Number of started runs. */
  readonly invokeCount: number;
  /** JSON text of the event. */
  readonly payload: string;
  /** Absent if the event never ran. */
  readonly result?: InvokeResult;
}

/**
 * Describes the outcome of an event that failed, as a queue or function receives it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(outcome: InvocationOutcome, now: Date): object {
  const { result } = outcome;
  const requestPayload: unknown = JSON.parse(outcome.payload);
  const record = {
    version: '1.0',
    timestamp: now.toISOString(),
    requestContext: {
      requestId: outcome.requestId,
      functionArn: `${outcome.functionArn}:$LATEST`,
      condition: outcome.condition,
      approximateInvokeCount: outcome.invokeCount,
    },
    requestPayload,
  };
  if (result === undefined) return record;
  const responsePayload: unknown = JSON.parse(result.payload);
  const functionError = result.functionError === undefined ? {} : { functionError: result.functionError };
  return {
    ...record,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', ...functionError },
    responsePayload,
  };
}
