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
  dataReceiptMembers,
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
  jobReceiptMembers,
  jobSummaryMembers,
} from './job-descriptions.ts';
import {
  operationFilterMembers,
  operationMembers,
  operationReceiptMembers,
  operationSummaryMembers,
} from './many-jobs-descriptions.ts';
import {
  deprecationMembers,
  registeredServiceMembers,
  registeredServiceReceiptMembers,
  registrationWarningMembers,
  serviceDefinitionMembers,
  serviceMembers,
  serviceReceiptMembers,
  serviceSummaryMembers,
} from './service-descriptions.ts';
import { jobInputMembers, jobOutputMembers, workerInputMembers } from './slot-descriptions.ts';
import { jobEditMembers, rerunRequestMembers, submissionMembers } from './submission-descriptions.ts';
import {
  deliveryAttemptMembers,
  deliveryMembers,
  newWebhookMembers,
  redeliverRequestMembers,
  webhookEditMembers,
  webhookMembers,
  webhookReceiptMembers,
} from './webhook-descriptions.ts';

/** The members of the named schemas of the document, by name. */
export const schemaMembers = {
  AbortRequest: {
    reason: 'Reason of the abort, 1 to 1,024 characters, which the job shows; none if absent.',
  },
  Data: dataMembers,
  DataDeletionPlan: dataDeletionPlanMembers,
  DataEdit: dataEditMembers,
  DataReceipt: dataReceiptMembers,
  DataSummary: dataSummaryMembers,
  DataUpload: dataUploadMembers,
  Delivery: deliveryMembers,
  DeliveryAttempt: deliveryAttemptMembers,
  Deprecation: deprecationMembers,
  Group: groupMembers,
  Job: jobMembers,
  JobAbort: jobAbortMembers,
  JobAction: jobActionMembers,
  JobAttempt: jobAttemptMembers,
  JobError: jobErrorMembers,
  JobEdit: jobEditMembers,
  JobEvent: jobEventMembers,
  JobInput: jobInputMembers,
  JobOutput: jobOutputMembers,
  JobReceipt: jobReceiptMembers,
  JobSummary: jobSummaryMembers,
  NewData: newDataMembers,
  NewWebhook: newWebhookMembers,
  Operation: operationMembers,
  OperationFilter: operationFilterMembers,
  OperationReceipt: operationReceiptMembers,
  OperationSummary: operationSummaryMembers,
  Problem: problemMembers,
  RedeliverRequest: redeliverRequestMembers,
  RegisteredService: registeredServiceMembers,
  RegisteredServiceReceipt: registeredServiceReceiptMembers,
  RegistrationWarning: registrationWarningMembers,
  RerunRequest: rerunRequestMembers,
  Service: serviceMembers,
  ServiceDefinition: serviceDefinitionMembers,
  ServiceReceipt: serviceReceiptMembers,
  ServiceSummary: serviceSummaryMembers,
  Submission: submissionMembers,
  UploadCompletion: uploadCompletionMembers,
  UploadPart: uploadPartMembers,
  Webhook: webhookMembers,
  WebhookEdit: webhookEditMembers,
  WebhookReceipt: webhookReceiptMembers,
  WorkerInput: workerInputMembers,
} as const satisfies Readonly<Record<string, Descriptions>>;
