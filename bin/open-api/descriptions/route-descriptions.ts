import type { OperationId } from '../../../core/contract/routes/routes.ts';

const jobRoutes = {
  submitJob:
    'Creates a job of a service, which runs as soon as its dependencies and the capacity allow. Send an `Idempotency-Key` to be able to repeat the request safely. With `Prefer: wait=N`, the response contains the result if the job ends within N seconds.',
  submitJobs:
    'Creates the jobs of a list of at most 100 submissions, each of which is accepted or rejected on its own, or an array job of up to 100,000 jobs, which an operation submits in the background.',
  rerunJob:
    'Creates a new job with the values of an ended one, changed by the body. The new job is independent of the earlier one, which it names in `rerunOf`.',
  listJobs:
    'Returns the jobs of the tenant that match all filters, in pages. Parameters and results are not part of a list.',
  getJobStats: 'Counts the jobs of the tenant by state, by service, and by the day of their creation.',
  listGroups: 'Returns the groups that have jobs, in pages, each with its counts.',
  getGroup:
    'Returns how many jobs of a group are in each state, and when the started ones will have ended if they go on as before.',
  getJob:
    'Returns a job with its state, progress, parameters, result and failure. Poll it as `Retry-After` says, or wait with `Prefer: wait=N`.',
  abortJob:
    'Requests that a job ends as `aborted`. A running attempt is stopped, or what it reports from then on is ignored.',
  getResult:
    'Returns the result of a job that succeeded. A large result, and one that is not JSON, is at the URL in `Location`. A job that ended without a result gets its failure as a problem.',
  getRequest: 'Returns the parameters of a job as its submission contained them, also if they are large.',
  getEvents:
    'Returns the transitions of a job as CloudEvents. With `Accept: text/event-stream`, sends them as they occur until the job ends.',
  getAttempts: 'Returns when each attempt of a job ran, how it ended, and where its log is.',
  getLogs:
    'Returns what an attempt has written to its log. Request the `nextCursor` of a running attempt again to follow its log.',
  listChildren: 'Returns the jobs that the attempts of a job have submitted, in pages.',
  deleteJob:
    'Deletes a job that has ended or was never started. Requests for it get 410 from then on. `dryRun=true` only shows what would be deleted.',
  editJob:
    'Changes a job by a merge patch (RFC 7396). Until the job is started, all that its submission contained can be changed.',
  startJob: 'Starts a job that was created with `start: false`, once nothing is missing in it.',
  actOnJobs:
    'Starts an operation that aborts, reruns, deletes or tags the jobs of a filter or of a list of IDs. With `dryRun`, only counts them.',
  setInput: 'Replaces the data objects in an input slot of a job that was not started.',
  removeInput: 'Removes all data objects from an input slot of a job that was not started.',
  listOutputs: 'Returns the data objects that a job has written, slot by slot.',
  getOutput:
    'Redirects to the content of an output slot that contains one data object; otherwise returns the list of its data objects.',
  getJobLineage:
    'Returns the jobs and data objects that a job comes from and those that come from it, as a graph or, with `Accept: application/ld+json`, as W3C PROV.',
} as const;

const otherRoutes = {
  getHealth: 'Shows that the API responds. It needs no API key and reads nothing.',
  getOpenApi: 'Returns this document, with the URL of the deployment that served it. It needs no API key.',
  getMe: 'Returns who the caller is, so that a client can check its API key before it is used.',
  listServices: 'Returns the versions of the services of the tenant, in pages, without their schemas.',
  getService: 'Returns all versions of a service with their schemas, in pages.',
  getServiceVersion:
    'Returns the definition of a version, its state, and whether a job has used it. A range selects the newest active version, as for a submission.',
  registerService:
    'Stores the definition of a version. A released version cannot be changed once a job has used it; a development version, such as `0.1.0-dev`, always can.',
  deprecateService:
    'Announces to callers that a version will be removed. It can still be named exactly, but version ranges no longer select it.',
  deleteService: 'Deletes a version that no job has used. Deprecate one that was used instead.',
  listEvents:
    'Returns the events of all jobs of the tenant from a position on. With `Accept: text/event-stream`, sends them as they occur; a stream continues after `Last-Event-ID`.',
  listOperations: 'Returns the operations of the tenant, in pages, with their counts.',
  getOperation:
    'Returns how far an operation has got, and how many jobs it has treated, refused or failed to treat.',
  listRefusals:
    'Returns each job that an operation did not treat with the problem that prevented it, in pages.',
  abortOperation: 'Stops an operation before its next jobs. What it has done is not undone.',
  createData:
    'Creates a data object, whose content is then uploaded with one PUT or, if it is large, in parts, and completed with `completeUpload`.',
  listData: 'Returns the data objects of the tenant that match all filters, in pages.',
  getData: 'Returns a data object and, while its content is being uploaded, how to upload it.',
  editData: 'Changes a data object by a merge patch (RFC 7396). Its content cannot be changed.',
  deleteData: 'Deletes a data object with its content. `dryRun=true` only shows what prevents it.',
  listParts:
    'Returns a URL for each part of an upload, and which parts were uploaded, so that an upload can be resumed.',
  completeUpload: 'Makes the uploaded content available. The checksum, if there is one, is compared first.',
  getContent: 'Redirects to a URL that is valid for 15 minutes; with `redirect=false`, returns this URL.',
  getDataLineage:
    'Returns the jobs and data objects that a data object comes from and those that come from it, as a graph or, with `Accept: application/ld+json`, as W3C PROV.',
  createWebhook:
    'Creates a webhook, to which matching events are delivered from then on. Only this response and that of a rotation contain its secret.',
  listWebhooks: 'Returns the webhooks of the tenant, without their secrets.',
  getWebhook: 'Returns a webhook, and since when its deliveries fail, if they do.',
  editWebhook:
    'Changes a webhook by a merge patch (RFC 7396). A disabled webhook is enabled again with `status: active`.',
  deleteWebhook: 'Deletes a webhook. Nothing more is delivered to it.',
  rotateSecret:
    'Creates a new secret. Deliveries have signatures with both secrets while the previous one is valid.',
  testWebhook: 'Delivers a test event, so that the receiver and its check of signatures can be tried.',
  listDeliveries:
    'Returns what was delivered to a webhook, with the attempts and the responses of its receiver.',
  redeliver: 'Delivers one event again, also one that was delivered.',
  redeliverSince: 'Delivers events again after a failure of the receiver, in the background.',
  redriveEvents:
    'Publishes batches of events that could not be published when they occurred. It is for the operator of the deployment, whose key has the scope `admin`.',
} as const;

const workerRoutes = {
  getWorkerParameters: 'Returns what the attempt is to work on. A container that runs a job calls it first.',
  reportHeartbeat: 'Shows that the attempt is alive, if its service is registered with `heartbeatSeconds`.',
  reportProgress: 'Records how far the attempt is, which the job then shows.',
  requestResultUpload: 'Returns a URL for a result that is too large for a request, or that is not JSON.',
  completeAttempt: 'Ends the attempt as a success. The result is compared with the schema of the service.',
  failAttempt: 'Ends the attempt as a failure, which is retried if it is `retryable` and an attempt is left.',
  submitChild:
    'Creates a job whose parent is the job of the attempt. Send an `Idempotency-Key`, because attempts are repeated.',
  getWorkerInputs:
    'Returns the data objects that the job reads, by input slot, each with the URL of its content.',
  createOutput: 'Creates a data object in an output slot, whose content is then uploaded and completed.',
  listOutputParts: 'Returns a URL for each part of the upload of an output, and which parts were uploaded.',
  completeOutput: 'Makes the uploaded content of an output available.',
} as const;

/** What each operation does, beyond its summary, and what a caller has to know to use it. */
export const routeDescriptions: Readonly<Record<OperationId, string>> = {
  ...jobRoutes,
  ...otherRoutes,
  ...workerRoutes,
};
