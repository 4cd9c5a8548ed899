/**
 * Billed milliseconds of one warm invocation at 256 MB. Assumptions, not measurements: a local run has other latencies
 * than AWS, and a fixed figure keeps the cost a matter of calls and sizes. `authorize` has the key in memory; the
 * others make one or two calls of DynamoDB, Step Functions or EventBridge at some 4 ms each; `submit-batch` also makes
 * one of AWS Batch, at some 100 ms.
 */
export const durationMilliseconds: Readonly<Record<string, number>> = {
  'errand-authorize': 3,
  'errand-submit': 12,
  'errand-dispatch': 8,
  'errand-settle': 8,
  'errand-publish-events': 6,
  'errand-submit-batch': 110,
  'errand-batch-event': 8,
  'errand-worker': 12,
};

/** The same of an invocation of `submit` that makes a hundred jobs, ten at a time. */
export const bulkSubmitMilliseconds = 120;

/**
 * Billed time of the router, in steps of 100 ms: dispatch, settle, the steps between and a service that answers within
 * 100 ms, or a submission to AWS Batch in its place. Assumed; a slower service adds its own time.
 */
export const routerMilliseconds = 200;

/**
 * START, END and REPORT of one invocation in Lambda's text format, in bytes. Sized after the lines in
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const platformLogBytes = 264;
