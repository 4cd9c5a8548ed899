import { describe, expect, onTestFinished, test } from 'vitest';
import { lazyLogsClient } from '../../../aws/clients/logs-client.ts';
import { cloudWatchAttemptLogs } from '../../../aws/logs/cloudwatch-attempt-logs.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';
import { type RecordedResponse, startRecordingServer } from '../../support/recording-server.ts';

const log = { group: '/aws/batch/own', stream: 'work/default/1' };
const refused = (name: string): RecordedResponse => ({ status: 400, body: { __type: name, message: 'no' } });

/** The adapter with a server that always returns the same response. */
async function logsThat(response: RecordedResponse) {
  const server = await startRecordingServer(() => response);
  const client = lazyLogsClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: testCredentials,
  });
  onTestFinished(async () => {
    (await client()).destroy();
    await server.stop();
  });
  return { logs: cloudWatchAttemptLogs({ client }), requests: server.requests };
}

describe('cloudWatchAttemptLogs', () => {
  test('requests the oldest lines of the stream first, and returns them with the next position', async () => {
    const events = [
      { timestamp: 17, message: 'a', ingestionTime: 19 },
      { message: 'b', ingestionTime: 19 },
      { timestamp: 18 },
    ];
    const { logs, requests } = await logsThat({ status: 200, body: { events, nextForwardToken: 'f/1' } });
    expect(await logs.read(log, { limit: 7 })).toEqual({
      kind: 'page',
      lines: [
        { at: 17, message: 'a' },
        { at: 19, message: 'b' },
        { at: 18, message: '' },
      ],
      next: 'f/1',
      isEnd: false,
    });
    expect(requests).toMatchObject([
      {
        operation: 'GetLogEvents',
        body: { logGroupName: log.group, logStreamName: log.stream, limit: 7, startFromHead: true },
      },
    ]);
    expect(requests[0]?.body).not.toHaveProperty('nextToken');
  });

  test('treats an empty page whose token is repeated as the last page', async () => {
    const { logs, requests } = await logsThat({ status: 200, body: { events: [], nextForwardToken: 'f/1' } });
    expect(await logs.read(log, { from: 'f/1', limit: 7 })).toMatchObject({ lines: [], isEnd: true });
    expect(await logs.read(log, { from: 'f/0', limit: 7 })).toMatchObject({ lines: [], isEnd: false });
    expect(await logs.read(log, { limit: 7 })).toMatchObject({ lines: [], isEnd: false });
    expect(requests.map(({ body }) => body['nextToken'])).toEqual(['f/1', 'f/0', undefined]);
  });

  test('reads only lines of the requested time, with every page', async () => {
    const { logs, requests } = await logsThat({ status: 200, body: { events: [], nextForwardToken: 'f/1' } });
    await logs.read(log, { limit: 7, time: { startAt: 17, endAt: 19 } });
    await logs.read(log, { limit: 7, from: 'f/1', time: { startAt: 17 } });
    expect(requests.map(({ body }) => body)).toMatchObject([
      { startTime: 17, endTime: 19 },
      { startTime: 17, nextToken: 'f/1' },
    ]);
    expect(requests[1]?.body).not.toHaveProperty('endTime');
  });

  test('searches a group for a quoted text, and returns where the search continues', async () => {
    const events = [{ timestamp: 17, message: 'START RequestId: 1', logStreamName: 's', ingestionTime: 19 }];
    const { logs, requests } = await logsThat({ status: 200, body: { events, nextToken: 'n' } });
    const search = { group: '/aws/lambda/f', text: '1', time: { startAt: 16, endAt: 20 } };
    expect(await logs.search({ ...search, from: 'm' })).toEqual({
      kind: 'found',
      lines: [{ at: 17, message: 'START RequestId: 1', stream: 's' }],
      next: 'n',
    });
    expect(requests).toMatchObject([
      {
        operation: 'FilterLogEvents',
        body: {
          logGroupName: '/aws/lambda/f',
          filterPattern: '"1"',
          startTime: 16,
          endTime: 20,
          nextToken: 'm',
        },
      },
    ]);
  });

  test.each([
    ['ResourceNotFoundException', 'missing'],
    ['AccessDeniedException', 'out-of-reach'],
    ['InvalidParameterException', 'unknown-position'],
  ])('maps a %s of a search to %s', async (name, kind) => {
    const { logs } = await logsThat(refused(name));
    const search = { group: '/aws/lambda/f', text: '1', time: { startAt: 16 }, from: 'm' };
    expect(await logs.search(search)).toEqual({ kind });
  });

  test.each([
    ['ResourceNotFoundException', 'missing'],
    ['AccessDeniedException', 'out-of-reach'],
    ['InvalidParameterException', 'unknown-position'],
  ])('maps a %s to %s', async (name, kind) => {
    const { logs, requests } = await logsThat(refused(name));
    expect(await logs.read(log, { from: 'f/0', limit: 7 })).toEqual({ kind });
    expect(requests).toHaveLength(1);
  });

  test('passes on the error of a request without a position', async () => {
    const { logs } = await logsThat(refused('InvalidParameterException'));
    await expect(logs.read(log, { limit: 7 })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('passes on a temporary error after several tries', async () => {
    const { logs, requests } = await logsThat(refused('ThrottlingException'));
    await expect(logs.read(log, { limit: 7 })).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(requests).toHaveLength(3);
  });
});
