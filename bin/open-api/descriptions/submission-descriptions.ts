import type { Descriptions } from './describe-members.ts';

/** The members of a retry policy, in a service and in a submission. */
export const retryMembers = {
  maxAttempts: 'Maximum number of attempts, from 1 (no retry) to 10; default 3.',
  backoffSeconds:
    'Upper bound of the delay before the first retry, from 0 (immediately) to 3600 seconds; default 10. Each delay is random between 0 and its bound.',
  backoffRate:
    'Factor by which the bound of the delay grows after each attempt, from 1 (constant) to 10; default 2.',
  retryOn:
    'Failure codes after which an attempt is retried; default `timeout`, `out-of-memory`, `capacity`, `spot-interrupted`, `dispatch-failed` and `lost`.',
} as const satisfies Descriptions;

/** The time limits, in a service and in a submission. */
export const limitMembers = {
  attemptTimeoutSeconds:
    'Maximum duration of one attempt in seconds, at most 900 on Lambda and at least 60 on AWS Batch; default 180 on Lambda and 3600 on AWS Batch.',
  queueTimeoutSeconds:
    'Maximum time in seconds that the job waits for an attempt to start, at most a week; default 3600.',
  timeoutSeconds:
    'Maximum duration of the whole job in seconds, with waiting times and retries, at most 30 days; default 86400.',
} as const satisfies Descriptions;

const selectorMembers = {
  name: 'Name of the service, at most 63 characters.',
  version:
    'Semantic version or version range, at most 64 characters. A range selects the newest active version in it; if absent, the service must have exactly one active version.',
} as const satisfies Descriptions;

/** The values that a job gets from its submission, its edit or its rerun. */
const contentMembers = {
  service: {
    text: 'The service to run; required unless `start` is false.',
    members: selectorMembers,
  },
  name: 'Name of the job, 1 to 256 characters and at most 985 bytes in UTF-8; the name of the service if absent.',
  tags: 'Tags of the job, at most 50 of 1 to 128 characters each; none if absent.',
  metadata: 'JSON object for the use of the caller, at most 4,096 bytes; empty if absent.',
  parameters: 'Parameters of the service, which must match its schema; an empty object if absent.',
  inputs:
    'IDs or URNs of data objects by input slot of the service, at most 100 in all slots; the job has no inputs if it is absent.',
  retry: {
    text: 'Retry policy of the job; each absent member has the value of the service.',
    members: retryMembers,
  },
  ...limitMembers,
  priority:
    'Priority among the jobs of the tenant that wait for capacity, from 0 to 3600: a job with a higher value starts first. Default 0.',
} as const satisfies Descriptions;

/** The values of a submission that is not run again. */
const newJobMembers = {
  ...contentMembers,
  parentId:
    'ID or URN of the parent job, which must not have ended; the job is not a sub-job if it is absent.',
  group:
    'Name of the group whose counts include the job, 1 to 128 characters; it never changes. The job is in no group if it is absent.',
  dependsOn:
    'IDs or URNs of 1 to 50 jobs that must succeed before this job can run; the job has no dependencies if it is absent.',
  start:
    'False creates a draft, which may lack a service and have invalid parameters until it is started; default true.',
} as const satisfies Descriptions;

export const submissionMembers = {
  ...newJobMembers,
  reuse: {
    text: 'Ends the job immediately with the result of an earlier job, if one of the same service version, parameters and contents of inputs has succeeded; otherwise the job runs. Requires a deterministic service, and cannot be combined with `dependsOn` or `start: false`. With an API key, also requires the scope `jobs:read`. The job runs if it is absent.',
    members: {
      maxAgeSeconds: 'Maximum time in seconds since the earlier job ended, from 1 to 31536000 (365 days).',
    },
  },
} as const satisfies Descriptions;

const { parentId: _, ...childMembers } = submissionMembers;

/** The members of the submission of a sub-job by the worker of its parent. */
export const childSubmissionMembers: Descriptions = childMembers;

export const rerunRequestMembers = {
  ...newJobMembers,
  service: {
    text: 'The service to run; that of the earlier job if absent.',
    members: {
      ...selectorMembers,
      version: 'Semantic version or version range, at most 64 characters.',
    },
  },
  name: 'Name of the job, 1 to 256 characters and at most 985 bytes in UTF-8; that of the earlier job if absent.',
  tags: 'Tags of the job, at most 50 of 1 to 128 characters each; those of the earlier job if absent.',
  group: 'Name of the group of the job, 1 to 128 characters; that of the earlier job if absent.',
  metadata: 'JSON object for the use of the caller, at most 4,096 bytes; that of the earlier job if absent.',
  parameters:
    'Parameters that replace those of the earlier job as a whole; those of the earlier job if absent.',
  inputs: 'Inputs that replace those of the earlier job as a whole; those of the earlier job if absent.',
  retry: {
    text: 'Retry policy of the job; each absent member has the value of the earlier job.',
    members: retryMembers,
  },
  dependsOn:
    'IDs or URNs of at most 50 jobs that must succeed before this job can run; an empty list removes all dependencies. If absent, the job keeps those of an earlier job that ended before they had succeeded.',
} as const satisfies Descriptions;

export const jobEditMembers = {
  ...contentMembers,
  service: {
    text: 'The service to run, replaced by a text or merged member by member; null removes it.',
    members: {
      name: 'Name of the service, at most 63 characters; unchanged if absent.',
      version: 'Semantic version or version range, at most 64 characters; null removes it.',
    },
  },
  name: 'Name of the job, 1 to 256 characters and at most 985 bytes in UTF-8; null resets it to the name of the service.',
  tags: 'Labels that replace the present ones, at most 50 of 1 to 128 characters each; null removes all.',
  metadata: 'Metadata to merge member by member, at most 4,096 bytes afterwards; null removes all.',
  parameters: 'Parameters to merge member by member, at most 1,048,576 bytes afterwards.',
  inputs:
    'Inputs to merge slot by slot: a list replaces the content of a slot, and null or an empty list empties it. At most 100 data objects afterwards; null removes all.',
  retry: {
    text: 'Retry policy to merge member by member; null resets it to that of the service.',
    members: retryMembers,
  },
} as const satisfies Descriptions;
