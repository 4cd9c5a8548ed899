import { Grant } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Environment as ApiEnvironment } from '../../functions/api/environment.ts';
import type { Environment as AuthorizeEnvironment } from '../../functions/authorize/environment.ts';
import type { Environment as DispatchEnvironment } from '../../functions/dispatch/environment.ts';
import type { Environment as LiveEnvironment } from '../../functions/live/environment.ts';
import type { Environment as PublishEventsEnvironment } from '../../functions/publish-events/environment.ts';
import type { Environment as ReconcileEnvironment } from '../../functions/reconcile/environment.ts';
import type { Environment as SettleEnvironment } from '../../functions/settle/environment.ts';
import type { Environment as SubmitEnvironment } from '../../functions/submit/environment.ts';
import type { Environment as WorkerEnvironment } from '../../functions/worker/environment.ts';
import type { JobEventBus } from '../events/event-bus.ts';
import { functionArn, functionName, jobQueueName, serviceFunctionArns } from '../settings/names.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';
import { grantDescribe, grantTerminate } from './batch-grants.ts';
import {
  attemptVariables,
  baseProps,
  corsVariables,
  dataVariables,
  eventLogVariables,
  type FunctionContext,
  grantSendOperations,
  grantStartExecution,
  longPollVariables,
  resourceNameVariables,
  startVariables,
  storageVariables,
  webhookQueueVariables,
  webhookSecretVariables,
} from './function-context.ts';
import { LambdaFunction } from './lambda-function.ts';
import { grantReadFunctionLogs, grantReadLogs } from './log-grants.ts';

/** Submits jobs. A long poll lasts at most 280 s, because API Gateway closes the stream after 300 s. */
export function submitFunction(scope: Construct, context: FunctionContext) {
  const { jobTable, results } = context;
  const submit = new LambdaFunction<SubmitEnvironment>(scope, 'Submit', {
    ...baseProps(context, 'submit'),
    description: 'Submits jobs, and waits for their end on request',
    environment: {
      ...attemptVariables(scope, context),
      ...longPollVariables(context),
      ...corsVariables(context),
      OPERATION_QUEUE_URL: context.operations.queueUrl,
    },
    timeoutSeconds: 300,
  });
  jobTable.grantItems(submit, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem');
  // The running operations of the tenant are counted before an array job is accepted.
  jobTable.grantIndexQuery(submit, 'live');
  grantSendOperations(context, submit);
  results.grantRead(submit);
  results.grantWrite(submit);
  grantStartExecution(scope, context, submit);
  return submit;
}

/**
 * Returns events of jobs, or streams them for at most a minute, even though API Gateway would keep a stream
 * open longer.
 */
export function liveFunction(scope: Construct, context: FunctionContext & { readonly apiUrl: string }) {
  const { jobTable, results } = context;
  const live = new LambdaFunction<LiveEnvironment>(scope, 'Live', {
    ...baseProps(context, 'live'),
    description: 'Returns the events of one or all jobs, as a live stream on request',
    environment: {
      ...storageVariables(context),
      ...longPollVariables(context),
      ...eventLogVariables(context),
      ...corsVariables(context),
      API_URL: context.apiUrl,
    },
    timeoutSeconds: 300,
  });
  jobTable.grantItems(live, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem');
  results.grantRead(live);
  return live;
}

/** Serves all other routes, within the 29 s that API Gateway waits for a buffered response. */
export function apiFunction(scope: Construct, context: FunctionContext) {
  const { jobTable, results } = context;
  const api = new LambdaFunction<ApiEnvironment>(scope, 'Api', {
    ...baseProps(context, 'api'),
    description: 'Serves every route that is not streamed',
    environment: {
      ...attemptVariables(scope, context),
      ...dataVariables(context),
      ...eventLogVariables(context),
      ...resourceNameVariables(context),
      JOB_QUEUE: jobQueueName(context.names),
      // By name: the publisher's environment contains the URL of the API, so a reference to it would be circular.
      PUBLISHER_NAME: functionName(context.names, 'publish-events'),
      OPERATION_QUEUE_URL: context.operations.queueUrl,
      ...longPollVariables(context),
      ...corsVariables(context),
      ...webhookQueueVariables(context),
      ...webhookSecretVariables(context),
    },
    timeoutSeconds: 29,
  });
  jobTable.grantItems(api, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  jobTable.grantIndexQuery(api, 'live', 'service');
  context.webhookQueue.grantSend(api);
  context.webhookSecrets.grantItems(api, 'GetItem', 'PutItem', 'DeleteItem');
  results.grantRead(api);
  results.grantRemove(api);
  results.grantWrite(api);
  results.grantContent(
    api,
    'GetObject',
    'PutObject',
    'DeleteObject',
    'ListMultipartUploadParts',
    'AbortMultipartUpload',
  );
  grantSendOperations(context, api);
  grantStartExecution(scope, context, api);
  grantDescribe(api, 'DescribeJobDefinitions', 'DescribeJobs', 'ListJobs');
  grantTerminate(scope, api);
  grantWildcard(api, {
    actions: ['lambda:GetFunctionConcurrency'],
    resourceArn: serviceFunctionArns(Stack.of(scope), context.names),
    reason: 'Others deploy services after this stack; the name prefix limits the permission.',
  });
  Grant.addToPrincipal({
    grantee: api,
    actions: ['lambda:InvokeFunction'],
    resourceArns: [functionArn(Stack.of(scope), context.names, 'publish-events')],
  });
  grantReadLogs(scope, api);
  grantReadFunctionLogs(scope, api, context.names);
  return api;
}

/**
 * Serves the worker routes at a function URL, which costs nothing beyond the invocation. The URL is public;
 * requests are authorized by the token of an attempt. `url` ends with a slash.
 */
export function workerFunction(scope: Construct, context: FunctionContext & { readonly apiUrl: string }) {
  const { jobTable, results } = context;
  const worker = new LambdaFunction<WorkerEnvironment>(scope, 'Worker', {
    ...baseProps(context, 'worker'),
    description: 'Serves the worker routes, which attempts report to',
    environment: {
      ...attemptVariables(scope, context),
      ...dataVariables(context),
      API_URL: context.apiUrl,
    },
    timeoutSeconds: 29,
  });
  jobTable.grantItems(worker, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem');
  results.grantRead(worker);
  results.grantWrite(worker);
  results.grantContent(
    worker,
    'GetObject',
    'PutObject',
    'DeleteObject',
    'ListMultipartUploadParts',
    'AbortMultipartUpload',
  );
  grantStartExecution(scope, context, worker);
  const { url } = worker.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  return { function: worker, url };
}

/** Serves the documentation; it has no permission except to write its log. */
export function docsFunction(scope: Construct, context: FunctionContext) {
  return new LambdaFunction(scope, 'Docs', {
    ...baseProps(context, 'docs'),
    description: 'Serves the documentation at /v1/docs',
    environment: {},
    timeoutSeconds: 10,
  });
}

/** Authenticates callers and returns their permissions. */
export function authorizeFunction(scope: Construct, context: FunctionContext) {
  const authorize = new LambdaFunction<AuthorizeEnvironment>(scope, 'Authorize', {
    ...baseProps(context, 'authorize'),
    description: 'Authorizes API calls by their API key',
    environment: { TABLE_NAME: context.jobTable.table.tableName },
    timeoutSeconds: 10,
  });
  context.jobTable.grantItems(authorize, 'GetItem');
  return authorize;
}

/** Claims an attempt for an execution of an attempt state machine. */
export function dispatchFunction(
  scope: Construct,
  context: FunctionContext & { readonly workerUrl: string },
) {
  const { jobTable, results } = context;
  const dispatch = new LambdaFunction<DispatchEnvironment>(scope, 'Dispatch', {
    ...baseProps(context, 'dispatch'),
    description: 'Claims one attempt of a job and returns how to run it',
    environment: {
      ...attemptVariables(scope, context),
      ...resourceNameVariables(context),
      WORKER_URL: context.workerUrl,
    },
    timeoutSeconds: 30,
  });
  jobTable.grantItems(dispatch, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  results.grantRead(dispatch);
  grantStartExecution(scope, context, dispatch);
  return dispatch;
}

/** Ends an attempt, and may start the next attempt. */
export function settleFunction(scope: Construct, context: FunctionContext) {
  const { jobTable, results } = context;
  const settle = new LambdaFunction<SettleEnvironment>(scope, 'Settle', {
    ...baseProps(context, 'settle'),
    description: 'Ends one attempt of a job with its outcome',
    environment: { ...attemptVariables(scope, context) },
    timeoutSeconds: 30,
  });
  jobTable.grantItems(settle, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  results.grantRead(settle);
  results.grantWrite(settle);
  grantStartExecution(scope, context, settle);
  return settle;
}

/** Appends changes to the event log and publishes them on the bus; the publisher adds the permissions for the stream. */
export function publishEventsFunction(
  scope: Construct,
  context: FunctionContext & {
    readonly apiUrl: string;
    readonly events: JobEventBus;
    /** The bucket of the records that could not be published. */
    readonly unpublished: Bucket;
  },
) {
  const publishEvents = new LambdaFunction<PublishEventsEnvironment>(scope, 'PublishEvents', {
    ...baseProps(context, 'publish-events'),
    description:
      'Appends the transitions of jobs to the event log, publishes them, sends them to webhooks, and wakes dependents',
    environment: {
      BUS_NAME: context.events.bus.eventBusName,
      API_URL: context.apiUrl,
      ...startVariables(scope, context),
      ...eventLogVariables(context),
      ...webhookQueueVariables(context),
      UNPUBLISHED_BUCKET_NAME: context.unpublished.bucketName,
    },
    timeoutSeconds: 60,
  });
  context.events.grantPut(publishEvents);
  context.webhookQueue.grantSend(publishEvents);
  context.jobTable.grantItems(publishEvents, 'GetItem', 'Query', 'PutItem');
  grantStartExecution(scope, context, publishEvents);
  return publishEvents;
}

/** Checks due jobs. Ends before the next reconciliation pass starts. */
export function reconcileFunction(scope: Construct, context: FunctionContext) {
  const { jobTable, results } = context;
  const reconcile = new LambdaFunction<ReconcileEnvironment>(scope, 'Reconcile', {
    ...baseProps(context, 'reconcile'),
    description: 'Checks all due jobs once a minute',
    environment: {
      ...attemptVariables(scope, context),
      JOB_QUEUE: jobQueueName(context.names),
      OPERATION_QUEUE_URL: context.operations.queueUrl,
      RETENTION_DAYS: String(context.retentionDays),
      ...webhookQueueVariables(context),
    },
    timeoutSeconds: 55,
  });
  results.grantRemove(reconcile);
  context.webhookQueue.grantSend(reconcile);
  jobTable.grantItems(reconcile, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  jobTable.grantIndexQuery(reconcile, 'due', 'live');
  results.grantRead(reconcile);
  results.grantWrite(reconcile);
  results.grantContent(reconcile, 'DeleteObject', 'AbortMultipartUpload');
  grantDescribe(reconcile, 'DescribeJobs', 'ListJobs');
  grantTerminate(scope, reconcile);
  grantWildcard(reconcile, {
    actions: ['lambda:GetAccountSettings'],
    resourceArn: '*',
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    reason: 'The operation has no resource. It returns the concurrency limit of the account.',
  });
  grantSendOperations(context, reconcile);
  grantStartExecution(scope, context, reconcile);
  return reconcile;
}
