import { expect, it } from 'vitest';
import { readDispatchFailure } from '../../../../core/jobs/batch/read-dispatch-failure.ts';

const thrown = (errorType: string, errorMessage: string) => JSON.stringify({ errorType, errorMessage });

it.each([
  [
    'a refusal of Batch',
    { Error: 'BatchRefusal', Cause: thrown('BatchRefusal', 'no such queue') },
    { code: 'misconfigured', detail: 'no such queue' },
  ],
  [
    'too many submissions at once',
    { Error: 'Lambda.TooManyRequestsException', Cause: 'Rate Exceeded.' },
    { code: 'capacity', detail: 'Rate Exceeded.' },
  ],
  [
    'any other fault of the function',
    { Error: 'TimeoutError', Cause: thrown('TimeoutError', 'no answer') },
    { code: 'dispatch-failed', detail: 'TimeoutError: no answer' },
  ],
  [
    'no time left',
    { Error: 'States.Timeout', Cause: '' },
    { code: 'dispatch-failed', detail: 'States.Timeout' },
  ],
])('reads %s', (_, failure, read) => {
  expect(readDispatchFailure(failure)).toEqual(read);
});
