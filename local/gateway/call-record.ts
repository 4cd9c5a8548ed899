import type { AwsResponse, Principal } from '../cloud.ts';

/** One call through the endpoint, for counting what it would cost. Holds no bodies. */
export interface CallRecord {
  readonly service: string;
  /** Operation, such as `PutItem`. */
  readonly action: string;
  readonly principal: Principal;
  readonly status: number;
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly durationMilliseconds: number;
  /** `ConsumedCapacity` of a DynamoDB answer, as sent; absent when the caller did not ask for it. */
  readonly consumedCapacity?: unknown;
}

/** Takes notice of each call after it was answered. Must not throw. */
export type CallRecorder = (record: CallRecord) => void;

/** What DynamoDB says the call consumed; undefined when the answer does not tell. */
export function consumedCapacity(service: string, answer: AwsResponse): unknown {
  if (service !== 'dynamodb' || answer.status !== 200) return undefined;
  const text = answer.body.toString();
  if (!text.includes('"ConsumedCapacity"')) return undefined;
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'ConsumedCapacity' in parsed
    ? parsed.ConsumedCapacity
    : undefined;
}
