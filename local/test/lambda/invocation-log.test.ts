import { CloudWatchLogs, type FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { expect, onTestFinished, test } from 'vitest';
import type { Resource } from '../../cloud.ts';
import { startGateway } from '../../gateway/start-gateway.ts';
import { accessKeys } from '../../iam/access-keys.ts';
import type { FunctionLine } from '../../lambda/output/invocation-log.ts';
import { logsService } from '../../logs/logs-service.ts';
import { modelOf } from '../fixture/model-of.ts';
import { functionResource, lambdaWith, temporaryDirectory } from './local-lambda.ts';

const code = `
console.log('loading');
export const handler = async (event, { awsRequestId, logGroupName, logStreamName }) => {
  console.log('event ' + JSON.stringify(event));
  process.stdout.write('part ');
  process.stdout.write(Buffer.from('and part'));
  console.error('error output');
  if (event.exit) process.exit(3);
  if (event.loop) for (;;);
  return { awsRequestId, logGroupName, logStreamName };
};
`;

/** Functions, what they wrote, and a client that reads their logs. */
async function functionsWith(resources: readonly Resource[]) {
  const dataDirectory = temporaryDirectory();
  const model = modelOf(resources);
  const lines: FunctionLine[] = [];
  const { lambda } = lambdaWith(resources, { dataDirectory, onLine: (line) => void lines.push(line) });
  const keys = accessKeys(modelOf([]));
  const gateway = await startGateway({
    services: [logsService({ model, dataDirectory })],
    access: { require: () => undefined },
    keys,
  });
  const logs = new CloudWatchLogs({ endpoint: gateway.url, region: 'us-east-1', credentials: keys.operator });
  onTestFinished(async () => {
    logs.destroy();
    await gateway.stop();
  });
  const invoke = async (functionName: string, event: object) => {
    const result = await lambda.invoke({
      functionName,
      payload: JSON.stringify(event),
      principal: { kind: 'operator' },
    });
    return { requestId: result.requestId ?? '', payload: JSON.parse(result.payload) };
  };
  return { lines, logs, invoke };
}

const group = '/aws/lambda/service-f';
const messageOf = ({ message }: FilteredLogEvent) => message;

test('a call is stored between START and END, in the stream of its context', async () => {
  const { logs, invoke } = await functionsWith([functionResource('service-f', code)]);
  const first = await invoke('service-f', { a: 1 });
  const second = await invoke('service-f', { a: 2 });
  expect(first.payload).toMatchObject({ awsRequestId: first.requestId, logGroupName: group });
  expect(second.payload.logStreamName).toBe(first.payload.logStreamName);
  const logStreamName: string = first.payload.logStreamName;
  const { events = [] } = await logs.getLogEvents({
    logGroupName: group,
    logStreamName,
    startFromHead: true,
  });
  const linesOf = ({ requestId }: { readonly requestId: string }, a: number) => [
    `START RequestId: ${requestId} Version: $LATEST`,
    `event {"a":${a}}`,
    'error output',
    'part and part',
    `END RequestId: ${requestId}`,
    expect.stringMatching(
      `^REPORT RequestId: ${requestId}\tDuration: [0-9.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB$`,
    ),
  ];
  const messages = events.map(messageOf).filter((message) => message !== 'loading');
  expect(messages).toEqual([...linesOf(first, 1), ...linesOf(second, 2)]);
  const found = await logs.filterLogEvents({ logGroupName: group, filterPattern: `"${second.requestId}"` });
  expect(found.events?.map(messageOf)).toEqual(
    messages.filter((message) => message?.includes(second.requestId)),
  );
});

test.each([
  ['ends its process', { exit: true }, 'exit status 3'],
  ['does not end', { loop: true }, 'Task timed out after 1.00 seconds'],
])('the lines of a call that %s are stored, with the error', async (_, event, error) => {
  const { lines, invoke } = await functionsWith([functionResource('service-f', code, { Timeout: 1 })]);
  const { requestId } = await invoke('service-f', event);
  const ofCall = lines.filter((line) => line.requestId === requestId && line.text !== 'loading');
  expect(ofCall.map(({ text }) => text)).toEqual([
    `event ${JSON.stringify(event)}`,
    'error output',
    'part and part',
    expect.stringContaining(error),
  ]);
  expect(ofCall[0]).toMatchObject({ functionName: 'service-f', event: JSON.stringify(event) });
});

test('the lines of a function that shares its thread have no invocation and are not stored', async () => {
  const { lines, logs, invoke } = await functionsWith([functionResource('shared', code)]);
  await invoke('shared', {});
  await expect.poll(() => lines.map(({ text }) => text)).toContain('event {}');
  expect(lines.filter(({ requestId }) => requestId !== undefined)).toEqual([]);
  await expect(
    logs.filterLogEvents({ logGroupName: '/aws/lambda/shared', filterPattern: '"event"' }),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the log group of the template is used', async () => {
  const named = functionResource('service-f', code, { LoggingConfig: { LogGroup: '/own/group' } });
  const { logs, invoke } = await functionsWith([named]);
  const { requestId, payload } = await invoke('service-f', {});
  expect(payload.logGroupName).toBe('/own/group');
  const found = await logs.filterLogEvents({ logGroupName: '/own/group', filterPattern: `"${requestId}"` });
  expect(found.events).toHaveLength(3);
});
