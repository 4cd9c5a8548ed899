/** By name: the place in the document where the shape is found first (see `nameShapes`), and what the shape is. */
export type Shapes = Readonly<Record<string, readonly [place: string, text: string]>>;

const jobShapes = {
  AttemptLog: ['JobAttempt.log', 'Location of the output of an attempt in CloudWatch Logs.'],
  AttemptStatus: ['JobAttempt.status', 'State of an attempt.'],
  FailureCode: ['JobError.code', 'Why an attempt or a job failed; programs distinguish failures by it.'],
  JobChildren: ['Job.children', 'Numbers of sub-jobs of a job.'],
  JobEventData: ['JobEvent.data', 'A job at a transition.'],
  JobProgress: ['JobSummary.progress', 'Progress of an attempt; members that were not reported are absent.'],
  JobStatus: ['Job.status', 'State of a job; `succeeded`, `failed`, `error` and `aborted` are final.'],
  JobSummaryError: ['JobSummary.error', 'Failure of a job in a list, without the details.'],
  ResultReuse: ['Submission.reuse', 'Which earlier results a submission may reuse.'],
  RetryPolicy: ['Submission.retry', 'Which failures are retried, how often, and when.'],
  RetryPolicyEdit: ['JobEdit.retry.anyOf.0', 'A merge patch of a retry policy; null resets a member.'],
  ServiceReference: ['JobSummary.service', 'A version of a service.'],
  ServiceSelector: ['Submission.service.anyOf.1', 'A service, and which of its versions may run.'],
  ServiceSelectorEdit: ['JobEdit.service.anyOf.0.anyOf.1', 'A merge patch of the choice of a service.'],
  Violation: ['Problem.errors.items', 'One error of an input, and where it is.'],
  WaitingReason: ['JobSummary.waitingReason', 'Why a job cannot proceed at present.'],
} as const satisfies Shapes;

const jobRouteShapes = {
  ArrayElement: ['submitJobs.body.anyOf.1.over.anyOf.0.items', 'What differs from the template for one job.'],
  ArraySubmission: ['submitJobs.body.anyOf.1', 'A request for an array job: one job for each element.'],
  AttemptList: ['getAttempts.200', 'All attempts of a job.'],
  BulkSubmission: ['submitJobs.body.anyOf.0', 'A request for several jobs.'],
  BulkSubmissionResponse: ['submitJobs.202.anyOf.0', 'The outcome of each submission of a request.'],
  ChildPage: ['listChildren.200', 'A page of the list of sub-jobs.'],
  DeletionPlan: ['deleteJob.200', 'What a deletion would delete.'],
  ElementsInData: ['submitJobs.body.anyOf.1.over.anyOf.1', 'A data object that contains elements.'],
  EventLogPage: ['listEvents.200', 'A page of the event log.'],
  GroupPage: ['listGroups.200', 'A page of the list of groups.'],
  JobEventPage: ['getEvents.200', 'A page of the events of a job.'],
  JobPage: ['listJobs.200', 'A page of a list of jobs.'],
  JobStats: ['getJobStats.200', 'Counts of jobs.'],
  JobStatsItem: ['getJobStats.200.items.items', 'Counts of the jobs of one day and one service.'],
  LineageDirection: ['getJobLineage.?direction', 'Which way a lineage is followed.'],
  LineageGraph: ['getJobLineage.200', 'What a job or a data object comes from, and what comes from it.'],
  LineageEdge: ['getJobLineage.200.edges.items', 'A relation between two nodes of a lineage.'],
  LineageNode: ['getJobLineage.200.nodes.items', 'A job or a data object in a lineage.'],
  LogLine: ['getLogs.200.items.items', 'One line of the log of an attempt.'],
  LogPage: ['getLogs.200', 'A page of the log of an attempt.'],
  MetadataRange: ['JobFilter.metadata.additionalProperties.anyOf.2', 'Bounds of a number, both inclusive.'],
  SlotContent: ['setInput.body', 'The data objects of an input slot.'],
  SortOrder: ['listJobs.?order', 'The order of a list by time of creation, or by name.'],
} as const satisfies Shapes;

const operationShapes = {
  AbortJobs: [
    'actOnJobs.body.oneOf.0',
    'A request to abort many jobs, which either `filter` or `ids` selects.',
  ],
  DeleteJobs: [
    'actOnJobs.body.oneOf.2',
    'A request to delete many jobs, which either `filter` or `ids` selects.',
  ],
  DeletionScope: ['actOnJobs.body.oneOf.2.changes', 'What is deleted together with the jobs.'],
  ElementsSource: ['Operation.over', 'The data object that contains the elements of an array job.'],
  JobsAction: ['actOnJobs.200.action', 'An action that an operation applies to many jobs.'],
  OperationAbort: ['Operation.abort', 'The request to abort an operation.'],
  OperationAction: ['Operation.action', 'What an operation does; `submit` creates the jobs of an array job.'],
  OperationPage: ['listOperations.200', 'A page of the list of operations.'],
  OperationPhase: ['Operation.phase', 'How far an operation has got.'],
  OperationPreview: ['actOnJobs.200', 'What an operation would do.'],
  OperationRefusal: ['listRefusals.200.items.items', 'A job or an element that an operation did not treat.'],
  OperationRefusalPage: ['listRefusals.200', 'A page of the refusals of an operation.'],
  OperationStatus: ['Operation.status', 'State of an operation.'],
  RerunJobs: [
    'actOnJobs.body.oneOf.1',
    'A request to rerun many jobs, which either `filter` or `ids` selects.',
  ],
  TagChanges: ['actOnJobs.body.oneOf.3.changes', 'Tags to add to jobs, and to remove from them.'],
  TagJobs: [
    'actOnJobs.body.oneOf.3',
    'A request to change the tags of many jobs, which either `filter` or `ids` selects.',
  ],
} as const satisfies Shapes;

const dataShapes = {
  ContentUrl: ['getContent.200', 'Where content can be downloaded.'],
  DataAction: ['Data.actions.items', 'An action on a data object, and whether its state allows it.'],
  DataChecksum: ['Data.checksum', 'Checksums of the content of a data object.'],
  DataPage: ['listData.200', 'A page of a list of data objects.'],
  DataStatus: ['Data.status', 'Whether the content of a data object is available.'],
  JobOrigin: ['Data.origin.anyOf.1', 'The job that wrote a data object.'],
  MultipartUpload: ['DataUpload.anyOf.1', 'An upload in parts, whose URLs are in a list.'],
  OutputList: ['listOutputs.200', 'Outputs of a job.'],
  SingleUpload: ['DataUpload.anyOf.0', 'An upload with one PUT.'],
  SlotOutput: ['listOutputs.200.items.items', 'A data object in an output slot, with the name of the slot.'],
  UploadOrigin: ['Data.origin.anyOf.0', 'The client that uploaded a data object.'],
  UploadPartPage: ['listParts.200', 'A page of the parts of an upload.'],
  UploadedPart: ['UploadCompletion.parts.items', 'A part that was uploaded.'],
} as const satisfies Shapes;

const serviceShapes = {
  BatchDispatcher: ['ServiceDefinition.dispatcher.oneOf.1', 'A container on AWS Batch.'],
  DeprecationNotice: ['Service.deprecation', 'When and why a version was deprecated.'],
  LambdaDispatcher: ['ServiceDefinition.dispatcher.oneOf.0', 'An AWS Lambda function.'],
  ServicePage: ['listServices.200', 'A page of the list of versions of services.'],
  ServiceStatus: ['Service.status', 'Whether a version is deprecated.'],
  ServiceWithVersions: ['getService.200', 'A service with a page of its versions.'],
  SlotDefinition: ['ServiceDefinition.inputs.additionalProperties', 'A slot for data objects.'],
} as const satisfies Shapes;

const webhookShapes = {
  AcceptedRedelivery: ['redeliverSince.202', 'Which deliveries are repeated.'],
  DeliveryPage: ['listDeliveries.200', 'A page of the deliveries of a webhook.'],
  DeliveryStatus: ['Delivery.status', 'State of a delivery.'],
  DisabledReason: ['Webhook.disabledReason', 'Why a webhook is disabled.'],
  RedeliverySelection: ['RedeliverRequest.include', 'Which deliveries are repeated.'],
  RequestedDelivery: ['testWebhook.202', 'A delivery that is pending.'],
  WebhookList: ['listWebhooks.200', 'All webhooks.'],
  WebhookState: ['NewWebhook.states.items', 'A state that a job enters, or `deleted`.'],
  WebhookStatus: ['Webhook.status', 'Whether events are delivered to a webhook.'],
  WebhookWarning: ['CreatedWebhook.warnings.items', 'Why deliveries to a webhook may fail.'],
} as const satisfies Shapes;

const otherShapes = {
  Caller: ['getMe.200', 'Who the API key belongs to, and what it may do.'],
  CallerLimits: ['getMe.200.limits', 'Limits of a tenant.'],
  EmptyRequest: ['startJob.body', 'A body without members; it may be omitted.'],
  Health: ['getHealth.200', 'The state of the API.'],
  Links: ['JobOrReceipt.links', 'URLs by relation; `self` is the resource itself.'],
  RedriveReport: ['redriveEvents.200', 'What became of the kept batches.'],
  RedriveRequest: ['redriveEvents.body', 'How many kept batches are published again.'],
  Scope: ['getMe.200.scopes.items', 'A permission of an API key.'],
} as const satisfies Shapes;

const workerShapes = {
  ChildSubmission: [
    'submitChild.body',
    'A request for a sub-job of the job that the worker runs. Only a draft (`start: false`) may lack `service`.',
  ],
  CompletedOutput: ['completeOutput.200', 'An output whose upload is complete or being completed.'],
  CompletionByReference: ['completeAttempt.body.anyOf.1', 'The end of an attempt with an uploaded result.'],
  CompletionWithResult: ['completeAttempt.body.anyOf.0', 'The end of an attempt with its result.'],
  FailureReport: ['failAttempt.body', 'A failure that the service reports.'],
  OutputCompletion: ['completeOutput.body', 'The completion of the upload of an output.'],
  OutputRequest: ['createOutput.body', 'A data object that the attempt writes.'],
  OutputUpload: ['createOutput.200', 'A new data object, and how to upload its content.'],
  ResultUpload: ['requestResultUpload.200', 'Where to upload a large result.'],
  ResultUploadRequest: ['requestResultUpload.body', 'The size and the media type of a large result.'],
  WorkerResponse: ['reportHeartbeat.200', 'The response to a report of a worker.'],
} as const satisfies Shapes;

/** The shapes that have a name of their own beside the named schemas of `schemas.ts`. */
export const namedShapes: Shapes = {
  ...jobShapes,
  ...jobRouteShapes,
  ...operationShapes,
  ...dataShapes,
  ...serviceShapes,
  ...webhookShapes,
  ...otherShapes,
  ...workerShapes,
};

/**
 * Shapes of requests that responses return as they were sent. They stay closed in both: a response has a member that is new in
 * them only after a client has sent it.
 */
export const returnedShapes: readonly string[] = [
  'BatchDispatcher',
  'JobProgress',
  'LambdaDispatcher',
  'RetryPolicy',
  'SlotDefinition',
];
