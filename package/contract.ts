/** `errand/contract`: what a client and the server share. Schemas are Zod schemas; each has a type of the same name. */
export * from '../core/contract/job-state.ts';
export type { JsonObject, JsonValue } from '../core/contract/json.ts';
export { jobUrn, parseJobId, serviceUrn } from '../core/contract/names.ts';
export {
  type FailureCode,
  failureCode,
  failureCodes,
  type RetryPolicy,
  retryPolicy,
  timeLimits,
} from '../core/contract/policy.ts';
export { type Problem, problem, type Violation as Fault } from '../core/contract/problems/problem-schema.ts';
export { type ProblemSlug, problemTypes, problemUri } from '../core/contract/problems/problem-types.ts';
export { type Route, type Scope, scopes } from '../core/contract/routes/route.ts';
export { type OperationId, routes } from '../core/contract/routes/routes.ts';
export { type JobEdit, jobEdit } from '../core/contract/schemas/draft-schemas.ts';
export { type JobEvent, jobEvent } from '../core/contract/schemas/event-schemas.ts';
export {
  type BulkSubmissionResponse as SubmittedBatch,
  bulkSubmissionResponse as submittedBatch,
  type JobAttempt,
  type JobReceipt,
  type JobRepresentation,
  type JobSummary,
  jobAttempt,
  jobReceipt,
  jobRepresentation,
  jobSummary,
} from '../core/contract/schemas/job-schemas.ts';
export {
  type ServiceDefinition,
  type ServiceReceipt,
  type ServiceRepresentation,
  type ServiceSummary,
  serviceDefinition,
  serviceManifest,
  serviceReceipt,
  serviceRepresentation,
} from '../core/contract/schemas/service-schemas.ts';
export {
  bulkSubmission as submissionBatch,
  type RerunRequest,
  rerunRequest,
  type Submission,
  submission,
} from '../core/contract/schemas/submission-schemas.ts';
export {
  type ChildSubmission,
  type Completion,
  childSubmission,
  completion,
  type FailureReport,
  failureReport,
  type ProgressReport,
  progressReport,
  type ResultUploadRequest,
  resultUploadRequest,
} from '../core/contract/schemas/worker-schemas.ts';
