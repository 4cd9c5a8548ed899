import type { AwsResponse, Principal } from '../cloud.ts';

/** A call to the endpoint, recorded to compute its cost. It contains no bodies. */
export interface CallRecord {
  readonly service: string;
  /** Operation, such as `PutItem`. */
  readonly action: string;
  readonly principal: Principal;
  readonly status: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationMs: number;
  /** `ConsumedCapacity` of a DynamoDB response, as sent; absent if the caller did not request it. */
  readonly consumedCapacity?: unknown;
}

/** Called for each call after its response was sent. Must not throw. */
export type CallRecorder = (record: CallRecord) => void;

/** Returns the consumed capacity that a DynamoDB response reports; undefined if it reports none. */
export function consumedCapacity(service: string, response: AwsResponse): unknown {
  if (service !== 'dynamodb' || response.status !== 200) return undefined;
  const text = response.body.toString();
  if (!text.includes('"ConsumedCapacity"')) return undefined;
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'ConsumedCapacity' in parsed
    ? parsed.ConsumedCapacity
    : undefined;
}
