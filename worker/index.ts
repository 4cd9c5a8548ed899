/** The public API for the code of a service. The subfolders are internal. */
export { AttemptStopped, type StopCause } from './attempt/attempt-stopped.ts';
export type { Child, Children, ChildSubmission, JsonObject } from './attempt/children.ts';
export type { Progress, ProgressReporter } from './attempt/progress.ts';
export { ServiceFailure, type ServiceFailureOptions } from './attempt/service-failure.ts';
export { type BatchJobOptions, exitStatuses, runBatchJob } from './batch/run-batch-job.ts';
export type { DataInput } from './data/data-input.ts';
export type { OutputSource } from './data/output-source.ts';
export type { WrittenOutput } from './data/output-upload.ts';
export type { DataOutput, OutputOptions } from './data/outputs.ts';
export { defineService, type ServiceOptions } from './lambda/define-service.ts';
export type { EnvelopeJob } from './lambda/envelope.ts';
export type { JobReference, Service, ServiceCall } from './service/service-call.ts';
