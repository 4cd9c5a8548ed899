import type { InvokeResult } from '../../cloud.ts';

/** The outcome that an invocation record describes. */
export interface InvocationOutcome {
  readonly requestId: string;
  readonly functionArn: string;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  /** Number of started runs. */
  readonly invokeCount: number;
  /** JSON text of the event. */
  readonly payload: string;
  /** Absent if the event never ran. */
  readonly result?: InvokeResult;
}

/**
 * Returns the text that a destination receives. For an event bus, the record is the detail of an event.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationPayload(outcome: InvocationOutcome, destinationArn: string, now: Date): string {
  const record = invocationRecord(outcome, now);
  if (!destinationArn.includes(':event-bus/')) return JSON.stringify(record);
  const result = outcome.condition === 'Success' ? 'Success' : 'Failure';
  return JSON.stringify({
    source: 'lambda',
    'detail-type': `Lambda Function Invocation Result - ${result}`,
    resources: [`${outcome.functionArn}:$LATEST`, destinationArn],
    time: now.toISOString(),
    detail: record,
  });
}

function invocationRecord(outcome: InvocationOutcome, now: Date): object {
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
