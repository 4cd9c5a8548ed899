import { expect, test } from 'vitest';
import { errorResponse } from '../../../local/gateway/error-answer.ts';
import { throttled } from '../../../local/lambda/concurrency.ts';

test('a throttled invocation is answered with the reason that Lambda gives', () => {
  const place = { service: 'lambda', requestId: 'r-1', resource: '/' };
  const { status, headers, body } = errorResponse(throttled('ConcurrentInvocationLimitExceeded'), place);
  expect({ status, type: headers['x-amzn-errortype'], body: JSON.parse(String(body)) }).toMatchObject({
    status: 429,
    type: 'TooManyRequestsException',
    body: { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User', message: 'Rate Exceeded.' },
  });
});
