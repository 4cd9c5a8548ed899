/**
 * Billed milliseconds of one warm invocation at 256 MB. These are assumptions, not measurements: a local run has other latencies
 * than AWS, and with fixed figures the cost depends only on calls and sizes. `authorize` has the key in memory; the others make
 * one or two calls of DynamoDB, Step Functions or EventBridge one after the other, at about 4 ms each; `submit-batch` also makes
 * one call of AWS Batch, at about 100 ms. `api` is that of an upload: it creates a data object with one write, or reads it, requests
 * the size and the checksum of its content from S3 at about 20 ms, and writes it.
 */
export const durationMilliseconds: Readonly<Record<string, number>> = {
  'errand-api': 20,
  'errand-authorize': 3,
  'errand-submit': 12,
  'errand-dispatch': 8,
  'errand-settle': 8,
  'errand-publish-events': 10,
  'errand-submit-batch': 110,
  'errand-batch-event': 8,
  'errand-worker': 12,
};

/** The same for an invocation of the publisher without an event log: one write less, which comes before the others. */
export const publishWithoutLogMilliseconds = 6;

/** The same for an invocation of `submit` that creates a hundred jobs, ten at a time. */
export const bulkSubmitMilliseconds = 120;

/** The same for an invocation of `worker` about an input or an output: their average, as for `api`. */
export const dataWorkerMilliseconds = 20;

/**
 * Billed time of the attempt state machine, in steps of 100 ms: dispatch, settle, the steps between and a service that returns
 * within 100 ms, or a submission to AWS Batch instead. Assumed; a slower service adds its own time.
 */
export const routerMilliseconds = 200;

/**
 * START, END and REPORT of one invocation in Lambda's text format, in bytes. The size is that of the lines in
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const platformLogBytes = 264;
