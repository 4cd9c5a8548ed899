import { expect, onTestFinished, test } from 'vitest';
import { hasJobDefinition } from '../../../aws/batch/has-job-definition.ts';
import { lazyBatchClient } from '../../../aws/clients/batch-client.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';
import { type RecordedResponse, startRecordingServer } from '../../support/recording-server.ts';

/** Looks up a definition on a server that always returns the response. */
async function lookUp(jobDefinition: string, response: RecordedResponse) {
  const server = await startRecordingServer(() => response);
  const client = lazyBatchClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: testCredentials,
  });
  onTestFinished(async () => {
    (await client()).destroy();
    await server.stop();
  });
  const found = hasJobDefinition(client, jobDefinition, new AbortController().signal);
  return { found, requests: server.requests };
}

const described = (...statuses: readonly string[]): RecordedResponse => ({
  status: 200,
  body: { jobDefinitions: statuses.map((status) => ({ status })) },
});

test('a name without a revision exists if it has an active revision', async () => {
  const { found, requests } = await lookUp('errand-job-x', described('ACTIVE'));
  expect(await found).toBe(true);
  expect(requests.map(({ body }) => body)).toEqual([
    { jobDefinitionName: 'errand-job-x', status: 'ACTIVE', maxResults: 1 },
  ]);
});

test('a name with a revision exists if exactly this revision is active', async () => {
  const { found, requests } = await lookUp('errand-job-x:3', described('ACTIVE'));
  expect(await found).toBe(true);
  expect(requests.map(({ body }) => body)).toEqual([{ jobDefinitions: ['errand-job-x:3'] }]);
});

test('a definition that is unknown or no longer active does not exist', async () => {
  expect(await (await lookUp('errand-job-x', described())).found).toBe(false);
  expect(await (await lookUp('errand-job-x:3', described('INACTIVE'))).found).toBe(false);
});

test('a refused call is an error', async () => {
  const { found } = await lookUp('errand-job-x', {
    status: 429,
    body: { __type: 'TooManyRequestsException' },
  });
  await expect(found).rejects.toMatchObject({ name: 'TooManyRequestsException' });
});
