/** `errand`: the client of the API, for Node.js 22 and later, and for browsers. */
export type { AccessOptions } from './api/access.ts';
export {
  ApiError,
  ConfigurationError,
  ConnectionError,
  ErrandError,
} from './api/errors.ts';
export type { Settings } from './api/settings.ts';
export type { TransportOptions } from './api/transport.ts';
export { Errand, type ErrandOptions } from './errand.ts';
export type { FollowOptions } from './jobs/follow-events.ts';
export {
  type CallOptions,
  Job,
  JobAborted,
  JobError,
  JobFailed,
  type JobOptions,
  JobPromise,
  UnsuccessfulJob,
  type WaitOptions,
  WaitTimeout,
} from './jobs/job.ts';
export type { JobDocument } from './jobs/job-document.ts';
export { type JobFilters, Jobs, type SubmitOptions } from './jobs/jobs.ts';
export type { Items, SubmitManyOptions, Submitted } from './jobs/submit-many.ts';
export type { WaitForJobsOptions } from './jobs/wait-for-jobs.ts';
export type { ServiceType, ServiceTypes } from './services/service-types.ts';
export { AmbiguousVersion, Service, Services, type SubmissionMembers } from './services/services.ts';
