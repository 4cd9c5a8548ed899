import {
  jobAttemptMembers,
  jobErrorMembers,
  jobEventMembers,
  problemMembers,
} from './attempt-descriptions.ts';
import {
  dataDeletionPlanMembers,
  dataEditMembers,
  dataMembers,
  dataSummaryMembers,
  dataUploadMembers,
  newDataMembers,
  uploadCompletionMembers,
  uploadPartMembers,
} from './data-descriptions.ts';
import type { Descriptions } from './describe-members.ts';
import {
  groupMembers,
  jobAbortMembers,
  jobActionMembers,
  jobMembers,
  jobSummaryMembers,
} from './job-descriptions.ts';
import { provMembers } from './lineage-descriptions.ts';
import {
  operationFilterMembers,
  operationMembers,
  operationSummaryMembers,
} from './many-jobs-descriptions.ts';
import {
  deprecationMembers,
  registeredServiceMembers,
  registrationWarningMembers,
  serviceDefinitionMembers,
  serviceMembers,
  serviceSummaryMembers,
} from './service-descriptions.ts';
import { jobInputMembers, jobOutputMembers, workerInputMembers } from './slot-descriptions.ts';
import { jobEditMembers, rerunRequestMembers, submissionMembers } from './submission-descriptions.ts';
import {
  changedWebhookMembers,
  deliveryAttemptMembers,
  deliveryMembers,
  newWebhookMembers,
  redeliverRequestMembers,
  webhookEditMembers,
  webhookMembers,
} from './webhook-descriptions.ts';

/** The members of the named schemas of the document, by name. */
export const schemaMembers = {
  AbortRequest: {
    reason: 'Reason of the abort, 1 to 1,024 characters, which the job shows; none if absent.',
  },
  BulkOutcome: {
    job: 'The job; absent if the submission was rejected.',
    problem: 'Why the submission was rejected; absent if it was accepted.',
  },
  CreatedWebhook: changedWebhookMembers,
  Data: dataMembers,
  DataDeletionPlan: dataDeletionPlanMembers,
  DataEdit: dataEditMembers,
  DataOrReceipt: dataMembers,
  DataSummary: dataSummaryMembers,
  DataUpload: dataUploadMembers,
  Delivery: deliveryMembers,
  DeliveryAttempt: deliveryAttemptMembers,
  Deprecation: deprecationMembers,
  Draft: submissionMembers,
  EditedWebhook: changedWebhookMembers,
  Group: groupMembers,
  Job: jobMembers,
  JobAbort: jobAbortMembers,
  JobAction: jobActionMembers,
  JobAttempt: jobAttemptMembers,
  JobError: jobErrorMembers,
  JobEdit: jobEditMembers,
  JobEvent: jobEventMembers,
  JobFilter: operationFilterMembers,
  JobInput: jobInputMembers,
  JobOrReceipt: jobMembers,
  JobOutput: jobOutputMembers,
  JobSummary: jobSummaryMembers,
  JobSummaryOrReceipt: jobSummaryMembers,
  NewData: newDataMembers,
  NewWebhook: newWebhookMembers,
  Operation: operationMembers,
  OperationOrReceipt: operationMembers,
  OperationSummary: operationSummaryMembers,
  Problem: problemMembers,
  ProvGraph: provMembers,
  RedeliverRequest: redeliverRequestMembers,
  RegisteredService: registeredServiceMembers,
  RegistrationWarning: registrationWarningMembers,
  RerunRequest: rerunRequestMembers,
  Service: serviceMembers,
  ServiceDefinition: serviceDefinitionMembers,
  ServiceOrReceipt: serviceMembers,
  ServiceSummary: serviceSummaryMembers,
  Submission: submissionMembers,
  UploadCompletion: uploadCompletionMembers,
  UploadPart: uploadPartMembers,
  Webhook: webhookMembers,
  WebhookEdit: webhookEditMembers,
  WebhookWithSecret: changedWebhookMembers,
  WorkerInput: workerInputMembers,
} as const satisfies Readonly<Record<string, Descriptions>>;
