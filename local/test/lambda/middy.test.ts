import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { functionResource, lambdaWith, testOperator } from './local-lambda.ts';

const middyPath = pathToFileURL(resolve('node_modules/@middy/core')).href;

const code = `
import middy from '${middyPath}/index.js';
import { executionModeStreamifyResponse } from '${middyPath}/executionModeStreamifyResponse.js';
export const handler = middy({ executionMode: executionModeStreamifyResponse })
  .handler(async (event) => ({ statusCode: event.status, headers: { 'content-type': 'text/plain' }, body: event.body }))
  .use({ onError: (request) => ({ statusCode: 500, body: request.error.message }) });`;

test.each([
  [{ status: 200, body: 'short' }, 5],
  [{ status: 204 }, 0],
  [{ status: 200, body: 'x'.repeat(100_000) }, 100_000],
])('a streaming handler of middy responds (%#)', async (event, sizeBytes) => {
  const { lambda } = lambdaWith([functionResource('f', code)]);
  const result = await lambda.invokeStreaming({
    functionName: 'f',
    payload: JSON.stringify(event),
    principal: testOperator,
  });
  expect(await result.prelude).toMatchObject({
    statusCode: event.status,
    headers: { 'content-type': 'text/plain' },
  });
  let received = 0;
  for await (const chunk of result.body) received += chunk.length;
  expect(received).toBe(sizeBytes);
});
