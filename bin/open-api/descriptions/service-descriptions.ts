import type { Descriptions } from './describe-members.ts';
import { slotDefinitionMembers } from './slot-descriptions.ts';
import { limitMembers, retryMembers } from './submission-descriptions.ts';

const dispatcherMembers = {
  kind: '`lambda` for a Lambda function, `batch` for a container on AWS Batch.',
  functionName: 'Name of the Lambda function, not an ARN.',
  payload:
    '`envelope`: the event contains parameters, job and worker token; `parameters`: the event is the parameters only. Default `envelope`.',
  jobDefinition:
    'Name of the job definition, not an ARN; without a revision, each attempt uses the newest active revision.',
  jobQueue: "Name of the job queue, not an ARN; Errand's own queue if absent.",
  command:
    'Command of the container, at most 100 arguments; that of the job definition if absent. Together with `environment`, at most about 6,000 bytes.',
  environment:
    'Environment variables of the container by name; names that start with `ERRAND_` or `AWS_BATCH`, and `TRACEPARENT`, are reserved.',
  vcpus:
    'Number of vCPUs, from 0.25 to 192, and at most 16 on Fargate; that of the job definition if absent.',
  memoryMiB: 'Memory in MiB; that of the job definition if absent.',
  gpus: 'Number of GPUs, from 1 to 16; that of the job definition if absent.',
} as const satisfies Descriptions;

/** The members of a definition without its schemas. */
const settingMembers = {
  title: 'Title for people, at most 256 characters; absent if the definition has none.',
  description: 'Description for people, at most 16,384 characters; absent if the definition has none.',
  tags: 'Labels for grouping, at most 50 of 1 to 128 characters each; absent if the definition has none.',
  inputs: {
    text: 'Slots of the data objects that a job reads, by name, at most 20 and 32,768 bytes of JSON; absent if there are none.',
    members: slotDefinitionMembers,
  },
  outputs: {
    text: 'Slots of the data objects that a job writes, by name, with the same limits; absent if there are none.',
    members: slotDefinitionMembers,
  },
  indexedMetadata:
    'Names of the members of `metadata` by which lists find jobs, at most 5; their values must be strings of at most 256 bytes or numbers. Absent if the definition has none.',
  deterministic:
    'True if the result and the outputs of a job depend only on its parameters and the contents of its inputs, so that submissions may reuse them; false if absent.',
  dispatcher: { text: 'What runs the attempts of the service.', members: dispatcherMembers },
  retry: {
    text: 'Retry policy of jobs that do not override it; each absent member has its default.',
    members: retryMembers,
  },
  ...limitMembers,
  heartbeatSeconds:
    'Maximum time in seconds between two reports of a running attempt, from 10 to 86400, before the attempt counts as lost; unlimited if absent.',
} as const satisfies Descriptions;

export const serviceDefinitionMembers = {
  ...settingMembers,
  parameters:
    'JSON Schema 2020-12 of the parameters, at most 64 KB and 32 levels deep, with local references only.',
  result:
    'JSON Schema 2020-12 of the result, with the same limits as `parameters`; if absent, any result is valid.',
} as const satisfies Descriptions;

const serviceReceiptMembers = {
  urn: 'URN of the version.',
  status: '`active`, or `deprecated` once the version was deprecated.',
  createdAt: 'Time at which the version was registered, RFC 3339 in UTC with milliseconds.',
  updatedAt: 'Time of the last change of the version, RFC 3339 in UTC with milliseconds.',
} as const satisfies Descriptions;

export const serviceSummaryMembers = {
  ...settingMembers,
  ...serviceReceiptMembers,
  name: 'Name of the service, at most 63 characters.',
  version: 'Semantic version, at most 64 characters.',
  deprecation: {
    text: 'When and why the version was deprecated; absent unless it was.',
    members: {
      at: 'Time of the deprecation, RFC 3339 in UTC with milliseconds.',
      reason: 'Reason of the deprecation.',
    },
  },
  used: 'Whether a job has used the version; if so, it cannot be deleted, and only a development version can be changed.',
  links: 'URLs of the version (`self`) and of its service (`service`).',
} as const satisfies Descriptions;

export const serviceMembers = {
  ...serviceSummaryMembers,
  parameters: serviceDefinitionMembers.parameters,
  result: serviceDefinitionMembers.result,
} as const satisfies Descriptions;

export const registrationWarningMembers = {
  code: '`function-not-found` or `job-definition-not-found`.',
  detail: 'What is missing, and what it means for jobs of the version.',
  pointer: 'JSON Pointer to the member of the definition that the warning is about.',
} as const satisfies Descriptions;

const warnings =
  'What is missing for jobs of the version to run; empty if nothing is missing, absent if Errand could not check.';

export const registeredServiceMembers = { ...serviceMembers, warnings } as const satisfies Descriptions;

export const deprecationMembers = {
  reason: 'Reason of the deprecation, 1 to 1,024 characters, for callers that still use the version.',
} as const satisfies Descriptions;
