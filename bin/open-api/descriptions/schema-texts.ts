import type { schemaMembers } from './schema-descriptions.ts';

/** A key that may write but not read gets only the members that the schema requires. */
function orReceipt(what: string, scope: string): string {
  return `${what}. For a key without \`${scope}\` a receipt, which has only the required members and, where they apply, times and warnings.`;
}

/** What each named schema of the document is. */
export const schemaTexts: Readonly<Record<keyof typeof schemaMembers, string>> = {
  AbortRequest: 'Why something is aborted.',
  BulkOutcome: 'The outcome of one submission: either the job or the problem.',
  CreatedWebhook: orReceipt('A new webhook with its secret', 'webhooks:read'),
  Data: 'A data object: a file that jobs read or write.',
  DataDeletionPlan: 'What a deletion of a data object would delete, and what prevents it.',
  DataEdit: 'A merge patch of a data object.',
  DataOrReceipt: orReceipt('A data object', 'data:read'),
  DataSummary: 'A data object in a list.',
  DataUpload: 'How to upload the content of a data object: with one PUT, or in parts.',
  Delivery: 'The delivery of one event to one webhook.',
  DeliveryAttempt: 'One attempt to deliver an event.',
  Deprecation: 'Why a version of a service is deprecated.',
  Draft:
    'A request for a job that is not started yet, and may lack a service and have invalid parameters until it is.',
  EditedWebhook: orReceipt('A changed webhook', 'webhooks:read'),
  Group: 'A group of jobs with its counts, which lag by about a second.',
  Job: 'A job with its parameters and its result.',
  JobAbort: 'Who aborted a job, and what happened to its attempt.',
  JobAction: 'An action on a job, and whether the state of the job allows it.',
  JobAttempt: 'One attempt to run a job.',
  JobError:
    'The failure of an attempt or a job: the members of RFC 9457 without `status`, and a failure code.',
  JobEdit: 'A merge patch of a job (RFC 7396). Null resets a member to its default.',
  JobEvent: 'A transition of a job, as a CloudEvents 1.0 event.',
  JobFilter: 'Filters of jobs, as in the query of a list. A job must match all of them.',
  JobInput: 'A data object in an input slot of a job.',
  JobOrReceipt: orReceipt('A job', 'jobs:read'),
  JobOutput: 'A data object in an output slot of a job.',
  JobSummary: 'A job in a list: without parameters and result.',
  JobSummaryOrReceipt: orReceipt('A job without parameters and result', 'jobs:read'),
  NewData: 'A new data object, whose content is uploaded afterwards.',
  NewWebhook:
    'A new webhook. An event must match all filters; an absent or empty filter matches every event.',
  Operation: 'One action on many jobs, or an array job, with its counts.',
  OperationOrReceipt: orReceipt('An operation', 'jobs:read'),
  OperationSummary: 'An operation in a list.',
  Problem: 'A problem (RFC 9457), with further members for some types of problems.',
  ProvGraph: 'A lineage in W3C PROV, as JSON-LD.',
  RedeliverRequest: 'Which deliveries are repeated.',
  RegisteredService: orReceipt('A version of a service as its registration returns it', 'services:read'),
  RegistrationWarning: 'What is missing for jobs of a registered version to run.',
  RerunRequest:
    'The changes of a rerun. `parameters` and `inputs` are replaced as a whole, `retry` member by member.',
  Service: 'A registered version of a service.',
  ServiceDefinition: 'The definition of a version of a service.',
  ServiceOrReceipt: orReceipt('A version of a service', 'services:read'),
  ServiceSummary: 'A version of a service in a list: without its schemas.',
  Submission: 'A request for a job. A `Draft` may lack the service.',
  UploadCompletion: 'The parts and the checksum of an upload.',
  UploadPart: 'A part of an upload, with the URL to PUT it to.',
  Webhook: 'A webhook, without its secret.',
  WebhookEdit: 'A merge patch of a webhook.',
  WebhookWithSecret: orReceipt('A webhook with its new secret', 'webhooks:read'),
  WorkerInput: 'An input of the job, with the URL of its content.',
};
