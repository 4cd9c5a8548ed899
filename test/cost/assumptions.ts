/**
 * Billed milliseconds of one warm invocation at 256 MB. Assumptions, not measurements: a local run has other latencies
 * than AWS, and a fixed figure keeps the cost a matter of calls and sizes. `authorize` has the key in memory; the
 * others make one or two calls of DynamoDB, Step Functions or EventBridge at some 4 ms each.
 */
export const durationMilliseconds: Readonly<Record<string, number>> = {
  'errand-authorize': 3,
  'errand-submit': 12,
  'errand-dispatch': 8,
  'errand-settle': 8,
  'errand-publish-events': 6,
};

/**
 * Billed time of the router, in steps of 100 ms: dispatch, settle, the steps between and a service that answers within
 * 100 ms. Assumed; a slower service adds its own time.
 */
export const routerMilliseconds = 200;

/**
 * START, END and REPORT of one invocation in Lambda's text format, in bytes. Sized after the lines in
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const platformLogBytes = 264;
