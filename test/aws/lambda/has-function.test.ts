import { expect, onTestFinished, test } from 'vitest';
import { lazyLambdaClient } from '../../../aws/clients/lambda-client.ts';
import { hasFunction } from '../../../aws/lambda/has-function.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';
import { type RecordedResponse, startRecordingServer } from '../../support/recording-server.ts';

/** Looks up a function on a server that always returns the response. */
async function lookUp(response: RecordedResponse, abortSignal = new AbortController().signal) {
  const server = await startRecordingServer(() => response);
  const client = lazyLambdaClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: testCredentials,
  });
  onTestFinished(async () => {
    (await client()).destroy();
    await server.stop();
  });
  const found = hasFunction(client, 'errand-service-x', abortSignal);
  return { found, requests: server.requests };
}

const refusal = (status: number, type: string) => ({ status, body: { __type: type, message: 'no' } });

test('a function exists if Lambda returns its reserved concurrency, also if it has none', async () => {
  const { found, requests } = await lookUp({ status: 200, body: {} });
  expect(await found).toBe(true);
  expect(requests.map(({ path }) => path)).toEqual(['/2019-09-30/functions/errand-service-x/concurrency']);
});

test('a function that Lambda does not find does not exist', async () => {
  const { found } = await lookUp(refusal(404, 'ResourceNotFoundException'));
  expect(await found).toBe(false);
});

test('a refused call is an error', async () => {
  const { found } = await lookUp(refusal(403, 'AccessDeniedException'));
  await expect(found).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('a call that takes too long is an error', async () => {
  const { found } = await lookUp({ status: 200, body: {} }, AbortSignal.abort());
  await expect(found).rejects.toMatchObject({ name: 'AbortError' });
});
