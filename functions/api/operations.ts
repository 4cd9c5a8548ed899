import type { OperationServedBy } from '../../core/contract/routes/routes.ts';
import {
  completeOutputOperation,
  createOutputOperation,
  getWorkerInputsOperation,
  listOutputPartsOperation,
} from '../_shared/worker/worker-data-operations.ts';
import {
  completeAttemptOperation,
  failAttemptOperation,
  getWorkerParametersOperation,
  reportHeartbeatOperation,
  reportProgressOperation,
  requestResultUploadOperation,
} from '../_shared/worker/worker-operations.ts';
import { redriveEventsOperation } from './admin-operations.ts';
import {
  completeUploadOperation,
  createDataOperation,
  deleteDataOperation,
  editDataOperation,
  getContentOperation,
  getDataOperation,
  listDataOperation,
  listPartsOperation,
} from './data-operations.ts';
import { editJobOperation } from './draft-operations.ts';
import {
  abortJobOperation,
  getAttemptsOperation,
  getJobOperation,
  getRequestOperation,
  getResultOperation,
} from './job-operations.ts';
import { getDataLineageOperation, getJobLineageOperation } from './lineage-operations.ts';
import { getGroupOperation, listGroupsOperation } from './lists/group-operations.ts';
import { getJobStatsOperation, listJobsOperation } from './lists/list-operations.ts';
import { getLogsOperation } from './log-operations.ts';
import {
  abortOperationOperation,
  actOnJobsOperation,
  getOperationOperation,
  listOperationsOperation,
  listRefusalsOperation,
} from './many-jobs-operations.ts';
import type { Operation } from './operation.ts';
import { deleteJobOperation, listChildrenOperation } from './relation-operations.ts';
import {
  deleteServiceOperation,
  deprecateServiceOperation,
  getServiceOperation,
  getServiceVersionOperation,
  listServicesOperation,
  registerServiceOperation,
} from './service-operations.ts';
import {
  getOutputOperation,
  listOutputsOperation,
  removeInputOperation,
  setInputOperation,
} from './slot-operations.ts';
import { getHealthOperation, getMeOperation, getOpenApiOperation } from './system-operations.ts';
import {
  createWebhookOperation,
  deleteWebhookOperation,
  editWebhookOperation,
  getWebhookOperation,
  listDeliveriesOperation,
  listWebhooksOperation,
  redeliverOperation,
  redeliverSinceOperation,
  rotateSecretOperation,
  testWebhookOperation,
} from './webhooks/webhook-operations.ts';

/**
 * All operations of this function; the compiler reports an operation of the route table that is missing here.
 */
export const operations: Readonly<Record<OperationServedBy<'api'>, Operation>> = {
  abortJob: abortJobOperation,
  abortOperation: abortOperationOperation,
  actOnJobs: actOnJobsOperation,
  completeAttempt: completeAttemptOperation,
  completeOutput: completeOutputOperation,
  createOutput: createOutputOperation,
  completeUpload: completeUploadOperation,
  createData: createDataOperation,
  createWebhook: createWebhookOperation,
  deleteData: deleteDataOperation,
  deleteJob: deleteJobOperation,
  deleteService: deleteServiceOperation,
  deleteWebhook: deleteWebhookOperation,
  deprecateService: deprecateServiceOperation,
  failAttempt: failAttemptOperation,
  editData: editDataOperation,
  editJob: editJobOperation,
  editWebhook: editWebhookOperation,
  getAttempts: getAttemptsOperation,
  getContent: getContentOperation,
  getData: getDataOperation,
  getGroup: getGroupOperation,
  getHealth: getHealthOperation,
  getJob: getJobOperation,
  getDataLineage: getDataLineageOperation,
  getJobLineage: getJobLineageOperation,
  getJobStats: getJobStatsOperation,
  getLogs: getLogsOperation,
  getMe: getMeOperation,
  getOpenApi: getOpenApiOperation,
  getOperation: getOperationOperation,
  getOutput: getOutputOperation,
  getRequest: getRequestOperation,
  getResult: getResultOperation,
  getService: getServiceOperation,
  getServiceVersion: getServiceVersionOperation,
  getWebhook: getWebhookOperation,
  getWorkerInputs: getWorkerInputsOperation,
  getWorkerParameters: getWorkerParametersOperation,
  listChildren: listChildrenOperation,
  listData: listDataOperation,
  listDeliveries: listDeliveriesOperation,
  listGroups: listGroupsOperation,
  listJobs: listJobsOperation,
  listParts: listPartsOperation,
  listOutputParts: listOutputPartsOperation,
  listOperations: listOperationsOperation,
  listOutputs: listOutputsOperation,
  listRefusals: listRefusalsOperation,
  listServices: listServicesOperation,
  listWebhooks: listWebhooksOperation,
  redeliver: redeliverOperation,
  redeliverSince: redeliverSinceOperation,
  redriveEvents: redriveEventsOperation,
  registerService: registerServiceOperation,
  removeInput: removeInputOperation,
  reportHeartbeat: reportHeartbeatOperation,
  reportProgress: reportProgressOperation,
  requestResultUpload: requestResultUploadOperation,
  rotateSecret: rotateSecretOperation,
  setInput: setInputOperation,
  testWebhook: testWebhookOperation,
};
