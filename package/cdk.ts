/** `errand/cdk`: constructs for services of Errand in your own stack. They need `aws-cdk-lib` and `constructs`. */
export { BatchService, type BatchServiceProps } from '../constructs/batch-service.ts';
export type { JobEventFilter, JobEventState } from '../constructs/event-pattern.ts';
export { JobEvents, type JobEventsProps } from '../constructs/job-events.ts';
export { LambdaService, type LambdaServiceProps } from '../constructs/lambda-service.ts';
