import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../gateway/start-gateway.ts';
import { accessControl } from '../../iam/access-control.ts';
import { type AccessKey, accessKeys } from '../../iam/access-keys.ts';
import { type LogFile, logFileOf, openLog } from '../../logs/log-file.ts';
import { logsService } from '../../logs/logs-service.ts';
import { batchModel, functionAllowed, testAccount, testRegion } from '../batch/batch-stack.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const stream = 'work/default/1';
const request = { logGroupName: '/aws/batch/own', logStreamName: stream, startFromHead: true };
const arn = (rest: string) => `arn:aws:logs:${testRegion}:${testAccount}:log-group:${rest}`;

let dataDirectory: string;
beforeEach(() => {
  dataDirectory = temporaryDirectory();
  const file = logFileOf(join(dataDirectory, 'logs', 'batch'), stream) as LogFile; // a valid name
  const log = openLog(file, '/aws/batch/own');
  writeSync(log.descriptor, 'a\nb\nc\n');
  log.end();
  closeSync(log.descriptor);
});

/** The service behind the endpoint, called by the operator or by a function with the permissions `grants`. */
async function clients(grants: Readonly<Record<string, readonly string[]>> = {}) {
  const model = batchModel({ resources: functionAllowed('caller', grants) });
  const keys = accessKeys(model);
  const services = [logsService({ model, dataDirectory })];
  const gateway = await startGateway({ services, access: accessControl(model), keys });
  const clientOf = (credentials: AccessKey) =>
    new CloudWatchLogs({ endpoint: gateway.url, region: testRegion, credentials, maxAttempts: 1 });
  const operator = clientOf(keys.operator);
  const caller = clientOf(keys.forFunction(`arn:aws:lambda:${testRegion}:${testAccount}:function:caller`));
  onTestFinished(async () => {
    operator.destroy();
    caller.destroy();
    await gateway.stop();
  });
  return { operator, caller };
}

test('GetLogEvents returns lines with their times, and tokens that stay the same at the end', async () => {
  const { operator } = await clients();
  const first = await operator.getLogEvents({ ...request, limit: 2 });
  expect(first.events).toEqual([
    { message: 'a', timestamp: expect.any(Number), ingestionTime: expect.any(Number) },
    { message: 'b', timestamp: expect.any(Number), ingestionTime: expect.any(Number) },
  ]);
  expect(first.nextBackwardToken).toMatch(/^b\//);
  const second = await operator.getLogEvents({ ...request, nextToken: first.nextForwardToken });
  expect(second.events?.map(({ message }) => message)).toEqual(['c']);
  const last = await operator.getLogEvents({ ...request, nextToken: second.nextForwardToken });
  expect(last).toMatchObject({ events: [], nextForwardToken: second.nextForwardToken });
});

describe('a log stream can be read by', () => {
  test.each([
    ['the group and all its streams', arn('/aws/batch/*:log-stream:*'), true],
    ['all groups', arn('*'), true],
    ['another group', arn('/aws/lambda/*:log-stream:*'), false],
    ['the group, but none of its streams', arn('/aws/batch/own'), false],
  ])('a role with permission for %s', async (_, resource, isAllowed) => {
    const { caller } = await clients({ 'logs:GetLogEvents': [resource] });
    const reading = caller.getLogEvents(request);
    if (isAllowed) expect((await reading).events).toHaveLength(3);
    else await expect(reading).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('no one through a group that does not contain the stream', async () => {
    const { caller } = await clients({ 'logs:GetLogEvents': [arn('/aws/batch/other:*')] });
    const other = { ...request, logGroupName: '/aws/batch/other' };
    await expect(caller.getLogEvents(other)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('no one outside the folder of logs', async () => {
    const { operator } = await clients();
    for (const logStreamName of [`../../logs/batch/${stream}`, `./${stream}`, 'nothing'])
      await expect(operator.getLogEvents({ ...request, logStreamName })).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
  });
});

test.each([
  [{ nextToken: 'f/1/s' }, /nextToken/],
  [{ nextToken: `f/${'9'.repeat(56)}/s` }, /nextToken/],
  [{ nextToken: `b/${'0'.repeat(56)}/s` }, /nextToken/],
  [{ limit: 0 }, /limit/],
  [{ limit: 10_001 }, /limit/],
  [{ logGroupName: 'a:b' }, /logGroupName/],
  [{ logStreamName: 'a*' }, /logStreamName/],
  [{ startFromHead: false }, /startFromHead/],
  [{ startTime: 5 }, /startTime/],
])('%j is refused, and the error names the member', async (change, message) => {
  const { operator } = await clients();
  await expect(operator.getLogEvents({ ...request, ...change })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringMatching(message),
  });
});

test('other operations are not supported', async () => {
  const { operator } = await clients();
  await expect(operator.describeLogGroups({})).rejects.toMatchObject({ name: 'UnknownOperationException' });
});
