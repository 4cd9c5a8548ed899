import { describe, expect, test } from 'vitest';
import {
  invocationOfCause,
  reportedInvocation,
  withInvocation,
} from '../../../../core/jobs/model/invocation.ts';
import { aJob } from '../../../support/jobs/jobs.ts';

const id = '8286a188-ba32-4475-8077-530cd35c09a9';
const stream = '2026/11/30/[$LATEST]0123456789abcdef0123456789abcdef';
const cause = (members: object) => JSON.stringify(members);

describe('the invocation in the cause of a failed task', () => {
  test.each([
    [
      'a time-out',
      cause({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${id} Error: Task timed out after 3.00 seconds`,
      }),
    ],
    [
      'a time-out of an older runtime',
      cause({ errorMessage: `2026-11-30T12:00:00.000Z ${id} Task timed out after 3.00 seconds` }),
    ],
    [
      'a time-out without an error type',
      `The cause could not be determined because Lambda did not return an error type. Returned payload: ${cause({ errorMessage: `2026-11-30T12:00:00.000Z ${id} Task timed out after 3.00 seconds` })}`,
    ],
    [
      'an exit',
      cause({
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${id} Error: Runtime exited with error: signal: killed`,
      }),
    ],
    [
      'an error in Python',
      cause({ errorMessage: 'no', errorType: 'ValueError', requestId: id, stackTrace: [] }),
    ],
  ])('is that of %s', (_, text) => {
    expect(invocationOfCause(text)).toEqual({ requestId: id });
  });

  test('is that which the worker library reports at the end of the stack, with its stream', () => {
    const line = (group: string) => `    at Lambda invocation ${id} (${group} ${stream})`;
    const ofGroup = (group: string) =>
      invocationOfCause(
        cause({ errorType: 'Error', errorMessage: 'no', trace: ['Error: no', '    at f', line(group)] }),
      );
    expect(ofGroup('/aws/lambda/errand-service-f')).toEqual({ requestId: id, stream });
    expect(ofGroup('/own/group')).toEqual({ requestId: id, stream, group: '/own/group' });
  });

  test.each([
    [
      'an error of the code',
      cause({ errorType: 'Error', errorMessage: `the request ${id} failed`, trace: [] }),
    ],
    ['an error without members', cause([])],
    [
      'a throttled call',
      `Rate exceeded (Service: AWSLambda; Status Code: 429; Request ID: ${id}; Proxy: null)`,
    ],
    ['a truncated cause', `{"errorType":"Error","errorMessage":"${'x'.repeat(100)}`],
    ['an ID of another form', cause({ errorMessage: 'no', requestId: 'not-an-id' })],
  ])('is not known after %s', (_, text) => {
    expect(invocationOfCause(text)).toBeUndefined();
  });
});

describe('a reported invocation', () => {
  test('never names the default group of a function, which follows from the name', () => {
    expect(reportedInvocation(id, '/aws/lambda/errand-service-of-another', stream)).toEqual({
      requestId: id,
      stream,
    });
  });

  test.each([
    [id.toUpperCase(), '/own', stream],
    [id, 'a:b', stream],
    [id, '/own', 'a stream'],
  ])('is refused as %s %s %s', (requestId, group, name) => {
    expect(reportedInvocation(requestId, group, name)).toBeUndefined();
  });
});

describe('withInvocation', () => {
  const later = '1c9d4dbe-1a26-4cf1-b3e8-dcf4b6ac1e21';

  test('keeps the stream when the same invocation is reported without it', () => {
    const job = withInvocation(aJob(), { requestId: id, stream });
    expect(withInvocation(job, { requestId: id }).invocation).toEqual({ requestId: id, stream });
    expect(withInvocation(job, undefined)).toBe(job);
  });

  test('replaces another invocation', () => {
    const job = withInvocation(aJob(), { requestId: id, stream });
    expect(withInvocation(job, { requestId: later }).invocation).toEqual({ requestId: later });
  });

  test('changes no job on AWS Batch', () => {
    const job = aJob({ dispatcher: 'batch' });
    expect(withInvocation(job, { requestId: id })).toBe(job);
  });
});
