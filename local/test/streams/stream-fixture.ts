import type { CloudModel, Delivery, FunctionInvoker, InvokeResult, Resource } from '../../cloud.ts';
import type { ReadStream, StreamRecord } from '../../streams/stream-record.ts';

export const streamArn =
  'arn:aws:dynamodb:eu-central-1:111122223333:table/jobs/stream/2026-01-01T00:00:00.000';
export const functionArn = 'arn:aws:lambda:eu-central-1:111122223333:function:publish';
export const roleArn = 'arn:aws:iam::111122223333:role/publish';
export const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:failed';

export function mappingModel(properties: object): CloudModel {
  const resources: readonly Resource[] = [
    {
      stack: 'Test',
      logicalId: 'Publish',
      type: 'AWS::Lambda::Function',
      ref: 'publish',
      arn: functionArn,
      properties: { Role: roleArn },
    },
    {
      stack: 'Test',
      logicalId: 'Mapping',
      type: 'AWS::Lambda::EventSourceMapping',
      ref: '00000000-0000-4000-8000-000000000001',
      properties: {
        EventSourceArn: streamArn,
        FunctionName: 'publish',
        StartingPosition: 'TRIM_HORIZON',
        ...properties,
      },
    },
  ];
  return {
    accountId: '111122223333',
    region: 'eu-central-1',
    resources,
    outputs: [],
    ofType: (type) => resources.filter((resource) => resource.type === type),
    byArn: () => {
      throw new Error('not implemented by this fixture');
    },
  };
}

/** A stream in memory: records numbered from 1, positions are counts. */
export function memoryStream() {
  const records: StreamRecord[] = [];
  const listeners = new Set<(streamArn: string) => void>();
  let reads = 0;
  const readStream: ReadStream = async ({ after = '0', limit }) => {
    reads += 1;
    const from = Number(after);
    const page = records.slice(from, from + limit);
    return { records: page, next: String(from + page.length) };
  };
  return {
    records,
    readStream,
    reads: () => reads,
    onWrite: (listener: (streamArn: string) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listeners: () => listeners.size,
    write: (image: object = {}, ageSeconds = 0) => {
      const sequence = String(records.length + 1);
      const createdAt = Date.now() / 1000 - ageSeconds;
      records.push({
        eventID: sequence,
        dynamodb: { SequenceNumber: sequence, ApproximateCreationDateTime: createdAt, NewImage: image },
      } as StreamRecord);
      for (const listener of listeners) listener(streamArn);
    },
  };
}

/** Sequence numbers of an invocation. */
export type Batch = readonly number[];

/** An invoker that passes each batch to the script and returns the script's result. */
export function batchInvoker(script: (batch: Batch, call: number) => unknown = () => null) {
  const batches: Batch[] = [];
  const invoke: FunctionInvoker['invoke'] = async ({ payload }): Promise<InvokeResult> => {
    const event = JSON.parse(payload) as { Records: { dynamodb: { SequenceNumber: string } }[] };
    const batch = event.Records.map((record) => Number(record.dynamodb.SequenceNumber));
    batches.push(batch);
    const answer = await script(batch, batches.length);
    return answer === 'fail'
      ? { functionError: 'Unhandled', payload: '{"errorType":"E","errorMessage":"no"}' }
      : { payload: JSON.stringify(answer ?? null) };
  };
  return { invoke, batches };
}

export function recordingDeliver() {
  const taken: Delivery[] = [];
  return {
    taken,
    deliver: async (delivery: Delivery) => {
      taken.push(delivery);
    },
  };
}
