import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../cloud.ts';
import { openEventStore } from '../../lambda/asynchronous/event-store.ts';
import { accountId } from '../fixture/model-of.ts';
import {
  functionArnOf,
  functionResource,
  lambdaWith,
  resource,
  temporaryDirectory,
  testOperator,
} from './local-lambda.ts';

const testQueue = `arn:aws:sqs:eu-central-1:${accountId}:failed`;
/** Scales delays of minutes to milliseconds. */
const fast = { delayScale: 1 / 60_000 };

/** Records each run in a file and fails as often as the event specifies. */
const noting = `
  import { appendFileSync, readFileSync } from 'node:fs';
  export const handler = async (e, context) => {
    appendFileSync(e.file, context.awsRequestId + '\\n');
    if (e.hang) await new Promise(() => {});
    if (readFileSync(e.file, 'utf8').split('\\n').length - 1 <= e.failures) throw new Error('again');
    return 'good';
  };`;

function notes(): { readonly file: string; runs(): readonly string[] } {
  const file = join(temporaryDirectory(), 'notes');
  writeFileSync(file, '');
  return { file, runs: () => readFileSync(file, 'utf8').split('\n').slice(0, -1) };
}

function eventConfig(properties: object) {
  return resource('AWS::Lambda::EventInvokeConfig', 'f-config', {
    FunctionName: 'f',
    Qualifier: '$LATEST',
    ...properties,
  });
}

const request = (event: object) => ({
  functionName: 'f',
  payload: JSON.stringify(event),
  principal: testOperator,
});

describe('an asynchronous invocation', () => {
  test('runs once if it succeeds, and its destination gets no record', async () => {
    const { file, runs } = notes();
    const dataDirectory = temporaryDirectory();
    const config = eventConfig({ DestinationConfig: { OnFailure: { Destination: testQueue } } });
    const { lambda, deliveries } = lambdaWith([functionResource('f', noting), config], {
      ...fast,
      dataDirectory,
    });
    await lambda.invokeAsync(request({ file, failures: 0 }));
    await expect.poll(() => runs().length).toBe(1);
    await lambda.stop();
    const store = openEventStore(join(dataDirectory, 'lambda'));
    expect(store.all()).toEqual([]);
    store.close();
    expect(deliveries).toEqual([]);
  });

  test('is retried twice if it fails, with the same request ID', async () => {
    const { file, runs } = notes();
    const { lambda } = lambdaWith([functionResource('f', noting)], fast);
    await lambda.invokeAsync(request({ file, failures: 2 }));
    await expect.poll(() => runs().length).toBe(3);
    expect(new Set(runs()).size).toBe(1);
  });

  test('that keeps failing is sent to its destination', async () => {
    const { file, runs } = notes();
    const config = eventConfig({
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: testQueue } },
    });
    const { lambda, deliveries } = lambdaWith([functionResource('f', noting), config], fast);
    const event = { file, failures: 9 };
    await lambda.invokeAsync(request(event));
    await expect.poll(() => deliveries.length).toBe(1);
    expect(runs()).toHaveLength(2);
    const role = { kind: 'role', roleArn: `arn:aws:iam::${accountId}:role/f`, sessionName: 'f' };
    expect(deliveries.map(({ targetArn, principal }) => ({ targetArn, principal }))).toEqual([
      { targetArn: testQueue, principal: role },
    ]);
    expect(JSON.parse(deliveries[0]?.payload ?? '')).toEqual({
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      requestContext: {
        requestId: runs()[0],
        functionArn: `${functionArnOf('f')}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 2,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: expect.objectContaining({ errorType: 'Error', errorMessage: 'again' }),
    });
  });

  test('that is too old is not retried', async () => {
    const { file, runs } = notes();
    const config = eventConfig({
      MaximumEventAgeInSeconds: 0.2,
      DestinationConfig: { OnFailure: { Destination: testQueue } },
    });
    const { lambda, deliveries } = lambdaWith([functionResource('f', noting), config], {
      delayScale: 1 / 120,
    });
    await lambda.invokeAsync(request({ file, failures: 9 }));
    await expect.poll(() => deliveries.length).toBe(1);
    expect(runs()).toHaveLength(1);
    expect(deliveries[0]?.payload).toContain('"condition":"EventAgeExceeded"');
  });

  test('runs again after a restart if it was running, without using up a retry', async () => {
    const { file, runs } = notes();
    const dataDirectory = temporaryDirectory();
    const resources = [functionResource('f', noting), eventConfig({ MaximumRetryAttempts: 0 })];
    const first = lambdaWith(resources, { ...fast, dataDirectory });
    await first.lambda.invokeAsync(request({ file, failures: 0, hang: true }));
    await expect.poll(() => runs().length).toBe(1);
    await first.lambda.stop();
    const second = lambdaWith(resources, { ...fast, dataDirectory });
    await expect.poll(() => runs().length).toBe(2);
    expect(new Set(runs()).size).toBe(1);
    await second.lambda.stop();
  });

  test('waits without using up a retry while the function is throttled', async () => {
    const { file, runs } = notes();
    const f = functionResource('f', noting, { ReservedConcurrentExecutions: 1, Timeout: 1 });
    const config = eventConfig({ MaximumRetryAttempts: 0 });
    const { lambda } = lambdaWith([f, config], { delayScale: 1 / 100 });
    const blocking = lambda.invoke(request({ file, hang: true, failures: 0 }));
    await expect.poll(() => runs().length).toBe(1);
    await lambda.invokeAsync(request({ file, failures: 0 }));
    expect(await blocking).toMatchObject({ functionError: 'Unhandled' });
    await expect.poll(() => runs().length).toBe(2);
  });

  test('is delivered again if its destination refuses the record', async () => {
    const { file } = notes();
    const told: Delivery[] = [];
    const config = eventConfig({
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: testQueue } },
    });
    const deliver = async (delivery: Delivery): Promise<void> => {
      told.push(delivery);
      if (told.length < 3) throw new Error('not now');
    };
    const { lambda, lines } = lambdaWith([functionResource('f', noting), config], { ...fast, deliver });
    await lambda.invokeAsync(request({ file, failures: 9 }));
    await expect.poll(() => told.length).toBe(3);
    expect(lines.filter((line) => line.includes('not now'))).toHaveLength(2);
  });

  test('with a destination other than a queue or a function prevents the start', () => {
    const bus = `arn:aws:events:eu-central-1:${accountId}:event-bus/done`;
    const config = eventConfig({ DestinationConfig: { OnFailure: { Destination: bus } } });
    expect(() => lambdaWith([functionResource('f', noting), config])).toThrow(
      `f-config has the destination ${bus}`,
    );
  });

  test('of more than 1 MB or of an unknown function is refused immediately', async () => {
    const { lambda } = lambdaWith([functionResource('f', noting)]);
    await expect(lambda.invokeAsync(request({ x: 'x'.repeat(1_048_576) }))).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
    });
    await expect(lambda.invokeAsync({ ...request({}), functionName: 'g' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});
