import type { JobKind } from './count-jobs.ts';
import type { JobCounts } from './job-counts.ts';

/** What the reference Lambda job uses today. A change that lowers it lowers this; one that raises it says why. */
export const lambdaJobPin: JobCounts = {
  apiRequests: 1,
  invocations: {
    'errand-authorize': 1,
    'errand-dispatch': 1,
    'errand-publish-events': 3,
    'errand-settle': 1,
    'errand-submit': 1,
  },
  calls: {
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-publish-events dynamodb:PutItem': 1,
    'errand-settle dynamodb:GetItem': 1,
    'errand-settle dynamodb:PutItem': 1,
    'errand-submit dynamodb:PutItem': 1,
    'errand-submit states:StartExecution': 1,
  },
  writeUnits: {
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-publish-events dynamodb:PutItem': 1,
    'errand-settle dynamodb:PutItem': 2,
    'errand-submit dynamodb:PutItem': 3,
  },
  readUnits: {
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-settle dynamodb:GetItem': 1,
  },
  busEvents: 3,
  logBytes: 0,
  platformLogged: 0,
};

/** What one of a hundred uses that come with one request. */
const lambdaBulkJobPin: JobCounts = {
  ...lambdaJobPin,
  apiRequests: 0.01,
  invocations: { ...lambdaJobPin.invocations, 'errand-authorize': 0.01, 'errand-submit': 0.01 },
};

/**
 * What the reference job on AWS Batch uses today. It is claimed, handed over, begun and ended by a write each, and its end is
 * told once more by AWS Batch, which costs a read.
 */
const batchJobPin: JobCounts = {
  apiRequests: 1,
  invocations: {
    'errand-authorize': 1,
    'errand-batch-event': 2,
    'errand-dispatch': 1,
    'errand-publish-events': 4,
    'errand-submit': 1,
    'errand-submit-batch': 1,
    'errand-worker': 1,
  },
  calls: {
    'errand-batch-event dynamodb:GetItem': 2,
    'errand-batch-event dynamodb:PutItem': 1,
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-publish-events dynamodb:PutItem': 1,
    'errand-submit dynamodb:PutItem': 1,
    'errand-submit states:StartExecution': 1,
    'errand-submit-batch batch:SubmitJob': 1,
    'errand-submit-batch dynamodb:GetItem': 1,
    'errand-submit-batch dynamodb:PutItem': 1,
    'errand-worker dynamodb:GetItem': 1,
    'errand-worker dynamodb:PutItem': 1,
  },
  writeUnits: {
    'errand-batch-event dynamodb:PutItem': 1,
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-publish-events dynamodb:PutItem': 1,
    'errand-submit dynamodb:PutItem': 3,
    'errand-submit-batch dynamodb:PutItem': 1,
    'errand-worker dynamodb:PutItem': 2,
  },
  readUnits: {
    'errand-batch-event dynamodb:GetItem': 2,
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-submit-batch dynamodb:GetItem': 1,
    'errand-worker dynamodb:GetItem': 1,
  },
  busEvents: 4,
  logBytes: 0,
  platformLogged: 0,
};

/** What a job of each kind uses today. */
export const jobPins = {
  lambda: lambdaJobPin,
  lambdaBulk: lambdaBulkJobPin,
  batch: batchJobPin,
} as const satisfies Record<JobKind, JobCounts>;

/** Dollars for a million of each, with the prices and assumptions here. */
export const usdPerMillionPins = {
  lambda: 13.897,
  lambdaBulk: 9.99,
  batch: 17.775,
} as const satisfies Record<JobKind, number>;
