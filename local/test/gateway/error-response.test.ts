import { expect, test } from 'vitest';
import { throttled } from '../../aws-error.ts';
import { errorResponse } from '../../gateway/error-response.ts';

test('the error of a throttled invocation contains Lambda’s reason', () => {
  const context = { service: 'lambda', requestId: 'r-1', resource: '/' };
  const { status, headers, body } = errorResponse(throttled('ConcurrentInvocationLimitExceeded'), context);
  expect({ status, type: headers['x-amzn-errortype'], body: JSON.parse(String(body)) }).toMatchObject({
    status: 429,
    type: 'TooManyRequestsException',
    body: { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User', message: 'Rate Exceeded.' },
  });
});
