import type { CountedKind } from './count-jobs.ts';
import type { JobCounts } from './job-counts.ts';

/**
 * The current usage of the reference Lambda job, with an entry in the event log for each of its three transitions. A change that
 * lowers the usage lowers this value; a change that raises it explains why.
 */
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
    'errand-publish-events dynamodb:PutItem': 4,
    'errand-settle dynamodb:GetItem': 1,
    'errand-settle dynamodb:PutItem': 1,
    'errand-submit dynamodb:PutItem': 1,
    'errand-submit states:StartExecution': 1,
  },
  writeUnits: {
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-publish-events dynamodb:PutItem': 4,
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

/**
 * The current usage of the reference Lambda job in a group: in addition, its label, and a write of the group for each of its three
 * transitions.
 */
const lambdaGroupJobPin: JobCounts = {
  ...lambdaJobPin,
  calls: {
    ...lambdaJobPin.calls,
    'errand-publish-events dynamodb:PutItem': 7,
    'errand-submit dynamodb:PutItem': 2,
  },
  writeUnits: {
    ...lambdaJobPin.writeUnits,
    'errand-publish-events dynamodb:PutItem': 7,
    'errand-submit dynamodb:PutItem': 4,
  },
};

/** The usage of one of a hundred jobs of one request. */
const lambdaBulkJobPin: JobCounts = {
  ...lambdaJobPin,
  apiRequests: 0.01,
  invocations: { ...lambdaJobPin.invocations, 'errand-authorize': 0.01, 'errand-submit': 0.01 },
};

/**
 * The current usage of the reference job on AWS Batch. Its claim, its submission, its start and its end need one write each, and
 * AWS Batch reports its end once more, which costs a read.
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
    'errand-publish-events dynamodb:PutItem': 5,
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
    'errand-publish-events dynamodb:PutItem': 5,
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

/**
 * The current usage of a reference Lambda job with an input and an output of 300 bytes each. The worker lists its inputs, creates the
 * output and completes it. A presigned request of the worker counts as one of the function that signed it.
 */
const lambdaDataJobPin: JobCounts = {
  apiRequests: 1,
  invocations: {
    'errand-authorize': 1,
    'errand-dispatch': 1,
    'errand-publish-events': 4,
    'errand-settle': 1,
    'errand-submit': 1,
    'errand-worker': 3,
  },
  calls: {
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-publish-events dynamodb:PutItem': 4,
    'errand-settle dynamodb:BatchGetItem': 1,
    'errand-settle dynamodb:GetItem': 1,
    'errand-settle dynamodb:PutItem': 1,
    'errand-submit dynamodb:BatchGetItem': 2,
    'errand-submit dynamodb:PutItem': 2,
    'errand-submit states:StartExecution': 1,
    'errand-worker dynamodb:BatchGetItem': 1,
    'errand-worker dynamodb:GetItem': 5,
    'errand-worker dynamodb:PutItem': 5,
    'errand-worker s3:GetObject': 2,
    'errand-worker s3:PutObject': 1,
  },
  writeUnits: {
    'errand-dispatch dynamodb:PutItem': 1,
    'errand-publish-events dynamodb:PutItem': 4,
    'errand-settle dynamodb:PutItem': 2,
    'errand-submit dynamodb:PutItem': 4,
    'errand-worker dynamodb:PutItem': 11,
  },
  readUnits: {
    'errand-dispatch dynamodb:GetItem': 1,
    'errand-settle dynamodb:BatchGetItem': 1,
    'errand-settle dynamodb:GetItem': 1,
    'errand-submit dynamodb:BatchGetItem': 2,
    'errand-worker dynamodb:BatchGetItem': 1,
    'errand-worker dynamodb:GetItem': 5,
  },
  busEvents: 3,
  logBytes: 0,
  platformLogged: 0,
};

/**
 * The current usage of a rerun of the reference Lambda job. It reads the job and writes the link to it, and the publisher
 * reads the job and records the rerun on it, which is one more change in the stream.
 */
export const rerunPin: JobCounts = {
  ...lambdaJobPin,
  invocations: { ...lambdaJobPin.invocations, 'errand-publish-events': 4 },
  calls: {
    ...lambdaJobPin.calls,
    'errand-publish-events dynamodb:GetItem': 1,
    'errand-publish-events dynamodb:PutItem': 5,
    'errand-submit dynamodb:GetItem': 1,
    'errand-submit dynamodb:PutItem': 2,
  },
  writeUnits: {
    ...lambdaJobPin.writeUnits,
    'errand-publish-events dynamodb:PutItem': 5,
    'errand-submit dynamodb:PutItem': 4,
  },
  readUnits: {
    ...lambdaJobPin.readUnits,
    'errand-publish-events dynamodb:GetItem': 1,
    'errand-submit dynamodb:GetItem': 1,
  },
};

/** The current usage of the upload of a data object with one PUT: its creation, its content and its completion. */
const uploadPin: JobCounts = {
  apiRequests: 2,
  invocations: { 'errand-api': 2, 'errand-authorize': 2 },
  calls: {
    'errand-api dynamodb:GetItem': 1,
    'errand-api dynamodb:PutItem': 3,
    'errand-api s3:GetObject': 1,
    'errand-api s3:PutObject': 1,
  },
  writeUnits: { 'errand-api dynamodb:PutItem': 9 },
  readUnits: { 'errand-api dynamodb:GetItem': 1 },
  busEvents: 0,
  logBytes: 0,
  platformLogged: 0,
};

/** The current usage of a job or an upload of each kind. */
export const jobPins = {
  lambda: lambdaJobPin,
  lambdaGroup: lambdaGroupJobPin,
  lambdaBulk: lambdaBulkJobPin,
  batch: batchJobPin,
  lambdaData: lambdaDataJobPin,
  upload: uploadPin,
} as const satisfies Record<CountedKind, JobCounts>;

/** The same in a deployment without an event log: the publisher's writes count the end of the job, and the jobs of a group. */
export const jobPinsWithoutLog = {
  lambda: withoutLog(lambdaJobPin),
  lambdaGroup: withoutLog(lambdaGroupJobPin, 4),
  lambdaBulk: withoutLog(lambdaBulkJobPin),
  batch: withoutLog(batchJobPin),
  lambdaData: withoutLog(lambdaDataJobPin),
  upload: uploadPin,
} as const satisfies Record<CountedKind, JobCounts>;

function withoutLog(pin: JobCounts, publisherWrites = 1): JobCounts {
  const writes = { 'errand-publish-events dynamodb:PutItem': publisherWrites };
  return {
    ...pin,
    calls: { ...pin.calls, ...writes },
    writeUnits: { ...pin.writeUnits, ...writes },
  };
}

/** Dollars for a million of each, with the prices and assumptions in these files. */
export const usdPerMillionPins = {
  lambda: 15.812,
  lambdaGroup: 18.312,
  lambdaBulk: 11.905,
  batch: 20.328,
  lambdaData: 31.27,
  upload: 19.103,
} as const satisfies Record<CountedKind, number>;

/** The same in a deployment without an event log. */
export const usdPerMillionPinsWithoutLog = {
  lambda: 13.897,
  lambdaGroup: 16.397,
  lambdaBulk: 9.99,
  batch: 17.775,
  lambdaData: 29.342,
  upload: 19.103,
} as const satisfies Record<CountedKind, number>;
