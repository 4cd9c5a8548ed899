import { randomUUID } from 'node:crypto';
import type { StreamMapping } from './mapping.ts';
import { createdAtMs, type StreamRecord, sequenceOf } from './stream-record.ts';

/** A local stream has one shard. */
const shardId = 'shardId-00000000000000000000-00000000';

/** Records whose processing is abandoned. */
export interface Discarded {
  readonly records: readonly StreamRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invokeCount: number;
}

/**
 * Builds the delivery of a failure record. A queue or topic gets only positions; a bucket gets an object that
 * also contains the whole event. https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureDelivery(mapping: StreamMapping, failureArn: string, discarded: Discarded) {
  const now = new Date();
  const record = failureRecord(mapping, discarded, now);
  if (!failureArn.includes(':s3:::')) return { targetArn: failureArn, payload: JSON.stringify(record) };
  const payload = JSON.stringify({ ...record, payload: JSON.stringify({ Records: discarded.records }) });
  return { targetArn: `${failureArn}/${objectKey(mapping, now)}`, payload };
}

function failureRecord(mapping: StreamMapping, { records, condition, invokeCount }: Discarded, now: Date) {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined)
    throw new Error('A failure record must have at least one stream record');
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.functionArn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    ...(invokeCount === 0
      ? {}
      : { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' } }),
    version: '1.0',
    timestamp: now.toISOString(),
    DDBStreamBatchInfo: {
      shardId: shardId,
      startSequenceNumber: sequenceOf(first),
      endSequenceNumber: sequenceOf(last),
      approximateArrivalOfFirstRecord: new Date(createdAtMs(first)).toISOString(),
      approximateArrivalOfLastRecord: new Date(createdAtMs(last)).toISOString(),
      batchSize: records.length,
      streamArn: mapping.streamArn,
    },
  };
}

function objectKey(mapping: StreamMapping, now: Date): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).split('T');
  const stamp = `${date}T${time.replaceAll(':', '.')}`;
  return `aws/lambda/${mapping.uuid}/${shardId}/${date.replaceAll('-', '/')}/${stamp}-${randomUUID()}`;
}
