import type { Descriptions } from './describe-members.ts';

/** The members of a progress, in a job and in a report. */
export const progressMembers = {
  stepsTotal: 'Total number of steps; absent if the service has not reported it.',
  stepsCompleted:
    'Number of completed steps, at most `stepsTotal`; absent if the service has not reported it.',
  completion:
    'Completed fraction of the work, from 0 to 1; it never decreases within an attempt and is absent if the service has not reported it.',
  message: 'Text of at most 1,024 characters for people; absent if the service has not reported it.',
} as const satisfies Descriptions;

const serviceReference = {
  name: 'Name of the service.',
  version: 'Semantic version of the service.',
} as const satisfies Descriptions;

/** The members that every representation of a job has. */
const receiptMembers = {
  id: 'ID of the job, a UUIDv7 in lower case.',
  urn: 'URN of the job, `urn:errand:job:` followed by its ID.',
  status: 'State of the job; `succeeded`, `failed`, `error` and `aborted` are final.',
  requestedAt: 'Time at which the job was created, RFC 3339 in UTC with milliseconds.',
  scheduledAt:
    'Time at which the current or last attempt was claimed, RFC 3339 in UTC with milliseconds; absent before the first claim.',
  startedAt:
    'Time at which the current or last attempt started to run, RFC 3339 in UTC with milliseconds; absent before that.',
  finishedAt: 'Time at which the job ended, RFC 3339 in UTC with milliseconds; absent before its end.',
  updatedAt: 'Time of the last change of the job, RFC 3339 in UTC with milliseconds.',
  nextAttemptAt:
    'Time at which the next attempt is due, RFC 3339 in UTC with milliseconds; absent unless a retry is due.',
} as const satisfies Descriptions;

/** The members that a job has in a list as well as on its own. */
const sharedMembers = {
  ...receiptMembers,
  name: 'Name of the job, 1 to 256 characters and at most 985 bytes in UTF-8; the name of the service if the submission omits it.',
  service: {
    text: 'The service version that the job runs; absent in a draft without a service.',
    members: serviceReference,
  },
  tags: 'Tags of the job, at most 50; empty if it has none.',
  group: 'Name of the group whose counts include the job; absent if the job is in no group.',
  metadata: 'JSON object for the use of the caller, at most 4,096 bytes; empty if the job has none.',
  attempt: 'Number of the current or last attempt; 0 before the first attempt.',
  maxAttempts: 'Maximum number of attempts of the job, from 1 to 10.',
  priority:
    'Priority among the jobs of the tenant that wait for capacity, from 0 to 3600: a job with a higher value starts first.',
  progress: {
    text: 'Progress that the current or last attempt reported; absent before its first report.',
    members: progressMembers,
  },
  waitingReason: {
    text: 'Why the job cannot proceed at present; absent while nothing prevents it.',
    members: {
      code: '`dependencies`: other jobs must succeed first; `capacity`: the dispatcher has no capacity for the attempt.',
      detail: 'Explanation for people.',
      jobIds: 'IDs of the dependencies that have not succeeded yet; absent if the code is `capacity`.',
    },
  },
  parentId: 'ID of the parent job; absent unless the job is a sub-job.',
  rerunOf: 'ID of the job that this job reruns; absent unless it is a rerun.',
  rerunAs:
    'ID of the latest rerun of this job, even if that rerun was deleted; absent if the job has not been rerun, and for about a second after it was.',
  owner: 'Principal whose key or worker token created the job.',
  version: 'Number of writes of the job, from 1.',
  links: 'URLs of the job and of related resources by relation, such as `self`, `events` and `result`.',
} as const satisfies Descriptions;

export const jobSummaryMembers = {
  ...sharedMembers,
  error: {
    text: 'Failure with which the job ended; absent unless it ended as `failed`, `error` or `aborted`. The job itself has all members of its error.',
    members: {
      code: 'Failure code, by which programs can distinguish failures.',
      detail: 'The first 300 characters of the explanation for people.',
    },
  },
} as const satisfies Descriptions;

export const jobMembers = {
  ...sharedMembers,
  parameters:
    'Parameters with the defaults of the service filled in; absent if larger than 32,768 bytes of JSON, then the `request` link leads to them.',
  inputs: 'Data objects that the job reads, by input slot; absent if there are none.',
  outputs:
    'Data objects that the job, or the job whose result it reuses, has written, by output slot; only in the response of `getJob`, and absent if there are none.',
  result:
    'Result of the job; absent before success, if it is larger than 32,768 bytes of JSON, or if it is not JSON. The `result` link leads to it.',
  resultMediaType: 'Media type of the result; absent before success.',
  error: 'Failure with which the job ended; absent unless it ended as `failed`, `error` or `aborted`.',
  abort: 'Who aborted the job and what happened to its attempt; absent unless an abort was requested.',
  reusedFrom:
    'ID of the job whose result and outputs this job has, without an attempt of its own; absent unless it reuses a result.',
  dependsOn: 'IDs of the jobs that must succeed before this job can run; absent if there are none.',
  children: {
    text: 'Numbers of sub-jobs; only in the response of `getJob`, and absent if the job has none.',
    members: {
      total: 'Number of sub-jobs, counted up to 1,000.',
      byStatus: 'Number of sub-jobs by state, without states that have none.',
    },
  },
  missing: {
    text: 'Errors that prevent the start; empty if the job is `ready`, and absent unless it is `draft` or `ready`.',
    members: {
      pointer: 'JSON Pointer (RFC 6901) to the value, from the root of the submission.',
      detail: 'What is wrong and what is allowed.',
      keyword: 'The violated rule, such as a keyword of JSON Schema.',
    },
  },
  traceparent: 'W3C trace context of the job; derived from the job ID if the submission sent none.',
  actions: 'The actions on a job, each with whether the present state allows it.',
} as const satisfies Descriptions;

export const jobActionMembers = {
  name: 'Name of the action.',
  allowed: 'Whether the present state of the job allows the action.',
  reason: 'Why the action is not allowed; absent if it is.',
} as const satisfies Descriptions;

export const jobAbortMembers = {
  requestedAt: 'Time of the request, RFC 3339 in UTC with milliseconds.',
  by: 'Principal that requested the abort, or the URN of the aborted parent.',
  reason: 'Reason that the request stated; absent if it stated none.',
  stopped:
    '`terminated`: the attempt was stopped; `fenced`: its code may continue, but its reports are ignored; `not-started`: no attempt was running.',
  dispatcherId: 'ID of the stopped attempt on AWS Batch; absent unless Batch was requested to stop it.',
  childrenAborted: 'Number of sub-jobs whose abort was requested so far.',
} as const satisfies Descriptions;

export const groupMembers = {
  name: 'Name of the group, 1 to 128 characters.',
  total: 'Number of jobs of the group.',
  byStatus: 'Number of jobs by state, without states that have none; their sum is `total`.',
  firstRequestedAt: 'Time of the request for the first job, RFC 3339 in UTC with milliseconds.',
  lastUpdatedAt:
    'Time of the last transition or deletion of a job of the group, RFC 3339 in UTC with milliseconds.',
  typicalSeconds:
    'Mean time in seconds from `pending` to success of the jobs that succeeded; absent if there are none.',
  expectedEndAt:
    'Time at which all started jobs will have ended if they keep ending at the mean rate so far, RFC 3339 in UTC with milliseconds; absent before the first end, and when all have ended.',
  links: 'URLs of the group (`self`) and of its jobs (`jobs`).',
} as const satisfies Descriptions;
