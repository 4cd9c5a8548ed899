import middy from '@middy/core';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { problems } from '../../../../functions/_shared/http/problems.ts';
import { proxyEvent } from '../../../support/proxy-event.ts';

function named(name: string, code?: string): Error {
  const error = new Error(`secret inside of ${name}`);
  error.name = name;
  return code === undefined ? error : Object.assign(error, { code });
}

/** The response and the log entry when a handler throws. */
async function thrown(error: unknown) {
  const lines: unknown[] = [];
  const log = {
    info: () => undefined,
    warn: (message: string, fields?: object) => void lines.push({ message, ...fields }),
  };
  const handler = middy<ReturnType<typeof proxyEvent>, APIGatewayProxyResult>()
    .use(problems(log))
    .handler(() => {
      throw error;
    });
  // The context is not read.
  const response = await handler(proxyEvent({ path: '/v1/jobs/1' }), {} as Context);
  return { lines, status: response.statusCode, text: response.body, problem: JSON.parse(response.body) };
}

describe('an error that a handler throws', () => {
  test('is returned unchanged when it is a problem, with the path and the ID of the request', async () => {
    const { problem, lines } = await thrown(new ProblemError('not-found', 'The job 1 does not exist'));
    expect(problem).toEqual({
      type: 'https://errand.dev/problems/not-found',
      title: 'Not found',
      status: 404,
      detail: 'The job 1 does not exist',
      instance: '/v1/jobs/1',
      requestId: 'request-1',
    });
    expect(lines).toEqual([]);
  });

  test.each([
    named('ProvisionedThroughputExceededException'),
    named('ThrottlingException'),
    named('TooManyRequestsException'),
    named('RequestLimitExceeded'),
    named('ServiceUnavailable'),
    named('InternalServerError'),
    named('SlowDown'),
    named('InternalError'),
    named('RequestTimeout'),
    named('TimeoutError'),
    named('Error', 'ECONNRESET'),
    named('Error', 'ECONNREFUSED'),
    named('Error', 'ETIMEDOUT'),
    named('Error', 'EPIPE'),
  ])('becomes a 503 when it is transient: $name $code', async (error) => {
    expect((await thrown(error)).status).toBe(503);
  });

  test.each([
    named('AccessDeniedException'),
    named('ValidationException'),
    named('TypeError'),
    named('UnreadableItemError'),
    'text',
    undefined,
    { statusCode: 404, message: 'inside' },
  ])('becomes a 500 when it is permanent, and its details are logged, not returned: %s', async (error) => {
    const { status, text, lines } = await thrown(error);
    expect(status).toBe(500);
    expect(text).not.toMatch(/inside|secret|Exception|stack/);
    expect(lines).toEqual([{ message: 'request-failed', requestId: 'request-1', error: expect.any(Error) }]);
  });
});
