import type { Descriptions } from './describe-members.ts';

/** The members of a failure of an attempt on AWS Batch. */
const batchFailure = {
  exitCode: 'Exit code of the container; absent unless a container exited by itself.',
  reason: 'Reason as the dispatcher states it; absent if it states none.',
} as const satisfies Descriptions;

const serviceErrorType =
  'Error type that the service reported, at most 768 bytes of JSON; absent unless the code is `service-failed` and the service reported one.';

export const jobErrorMembers = {
  type: 'URI of the problem type, `https://errand.dev/problems/` followed by the failure code.',
  title: 'Summary of the failure code.',
  detail: 'Explanation of this failure.',
  code: 'Failure code, by which programs can distinguish failures.',
  retryable: 'Whether this failure may be retried, regardless of how many attempts are left.',
  attempt: 'Number of the attempt that failed; 0 if the job ended before its first attempt.',
  serviceErrorType,
  ...batchFailure,
} as const satisfies Descriptions;

export const jobAttemptMembers = {
  number: 'Number of the attempt, from 1.',
  status: 'State of the attempt.',
  startedAt: 'Time at which the attempt was started, RFC 3339 in UTC with milliseconds.',
  finishedAt: 'Time at which the attempt ended, RFC 3339 in UTC with milliseconds; absent before its end.',
  code: 'Failure code; absent unless the attempt failed.',
  detail: 'Explanation of the failure; absent unless the attempt failed.',
  serviceErrorType,
  ...batchFailure,
  dispatcherId: 'ID of the attempt on AWS Batch; absent on Lambda and before its submission.',
  log: {
    text: 'Location of the output in CloudWatch Logs; absent until it is known.',
    members: {
      group:
        'Name of the log group; absent on Lambda if it is `/aws/lambda/` followed by the name of the function.',
      stream: 'Name of the log stream; absent on Lambda if the function did not report it.',
      requestId: 'Request ID of the invocation; absent on AWS Batch.',
    },
  },
} as const satisfies Descriptions;

export const jobEventMembers = {
  specversion: 'Version of the CloudEvents specification.',
  id: 'ID of the event, `<job id>/<number of the transition>`; a repeated delivery has the same ID.',
  source: 'URL of the API that created the event.',
  type: 'Type of the event, `errand.job.` followed by the new state, or by `deleted`.',
  subject: 'URN of the job.',
  time: 'Time of the transition, RFC 3339 in UTC with milliseconds.',
  datacontenttype: 'Media type of `data`.',
  sequence:
    'Number of the transition in ten digits with leading zeros, so that the lexical order is the order of the transitions.',
  correlationid: 'URN of the parent job; absent unless the job is a sub-job.',
  traceparent: 'W3C trace context of the job.',
  tenant: 'Tenant that owns the job.',
  data: {
    text: 'The job at this transition.',
    members: {
      jobId: 'ID of the job, a UUIDv7 in lower case.',
      name: 'Present name of the job.',
      status: 'State that the job entered.',
      previousStatus: 'State that the job left; absent in the first event.',
      service: {
        text: 'The service version that the job runs; absent in a draft without a service.',
        members: { name: 'Name of the service.', version: 'Semantic version of the service.' },
      },
      tags: 'Present labels of the job.',
      group: 'Name of the group of the job; absent if the job is in no group.',
      attempt: 'Number of the attempt; 0 before the first attempt.',
      error: 'Failure of the attempt or of the job; absent if there is none.',
      resultUrl: 'URL of the result; absent unless the job succeeded.',
    },
  },
} as const satisfies Descriptions;

export const problemMembers = {
  type: 'URI of the problem type, by which programs can distinguish problems.',
  title: 'Summary of the problem type.',
  status: 'HTTP status code of the response.',
  detail: 'What is wrong with this request, what is allowed, and what to do next.',
  instance: 'Path of the request; absent for an item of a bulk submission.',
  errors: {
    text: 'Errors of the input, at most 1,000; absent unless the input has errors.',
    members: {
      pointer: 'JSON Pointer (RFC 6901) to the value, from the root of the body.',
      detail: 'What is wrong and what is allowed.',
      keyword: 'The violated rule, such as a keyword of JSON Schema.',
    },
  },
  suggestions: 'Similar names, or the newest versions, that exist; absent unless a service was not found.',
  versions: 'Newest versions that match; absent unless several versions match.',
  actions: 'The actions on the job, allowed or not; absent unless the state of a job prevents the request.',
  missing: {
    text: 'Errors that prevent the start of a draft; absent for other problems.',
    members: {
      pointer: 'JSON Pointer (RFC 6901) to the value, from the root of the submission.',
      detail: 'What is wrong and what is allowed.',
      keyword: 'The violated rule, such as a keyword of JSON Schema.',
    },
  },
  jobIds: 'IDs of jobs that prevent the operation, at most 1,000; absent for other problems.',
  dataIds: 'IDs of data objects that prevent the operation, at most 1,000; absent for other problems.',
  missingParts: 'Numbers of the parts that an upload lacks, at most 100; absent for other problems.',
  deletedAt:
    'Time at which the job was deleted, RFC 3339 in UTC with milliseconds; absent unless it was deleted.',
  by: 'Principal that deleted the job; absent unless it was deleted.',
  code: 'Failure code of the job; absent unless the job ended without a result.',
  serviceErrorType,
  jobStatus: 'State in which the job ended; absent unless the job ended without a result.',
  requestId: 'ID of the request for the operator; absent for an item of a bulk submission.',
} as const satisfies Descriptions;
