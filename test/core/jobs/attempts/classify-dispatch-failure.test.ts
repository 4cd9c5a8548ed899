import { expect, test } from 'vitest';
import { classifyDispatchFailure } from '../../../../core/jobs/attempts/classify-dispatch-failure.ts';

const thrown = (errorType: string, errorMessage: string) => JSON.stringify({ errorType, errorMessage });

test.each([
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
    { Error: 'TimeoutError', Cause: thrown('TimeoutError', 'no response') },
    { code: 'dispatch-failed', detail: 'TimeoutError: no response' },
  ],
  [
    'a refusal by IAM, without what identifies the account',
    {
      Error: 'BatchRefusal',
      Cause: thrown(
        'BatchRefusal',
        'User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: batch:SubmitJob on resource: arn:aws:batch:eu-central-1:111122223333:job-definition/errand-job-x',
      ),
    },
    {
      code: 'misconfigured',
      detail:
        'User: [hidden] is not authorized to perform: batch:SubmitJob on resource: job definition errand-job-x',
    },
  ],
  [
    'a fault of an SDK, without the id of its call',
    { Error: 'SocketError', Cause: thrown('SocketError', 'no luck (RequestId: 6f747a2e-b68d)') },
    { code: 'dispatch-failed', detail: 'SocketError: no luck' },
  ],
  [
    'submissions at a higher rate than Batch takes',
    { Error: 'BatchThrottled', Cause: thrown('BatchThrottled', 'Too Many Requests') },
    { code: 'capacity', detail: 'BatchThrottled: Too Many Requests' },
  ],
  [
    'a call of another service that was throttled, after which the submission may have been made',
    { Error: 'ThrottlingException', Cause: thrown('ThrottlingException', 'Throughput exceeded') },
    { code: 'dispatch-failed', detail: 'ThrottlingException: Throughput exceeded' },
  ],
  [
    'a fault of Batch itself',
    { Error: 'ServerException', Cause: thrown('ServerException', 'no luck') },
    { code: 'dispatch-failed', detail: 'ServerException: no luck' },
  ],
  [
    'no time left',
    { Error: 'States.Timeout', Cause: '' },
    { code: 'dispatch-failed', detail: 'States.Timeout' },
  ],
])('reads %s', (_, failure, read) => {
  expect(classifyDispatchFailure(failure)).toEqual(read);
});
