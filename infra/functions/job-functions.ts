import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
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
import type { FunctionCode } from '../bundling/function-entries.ts';
import type { JobTable } from '../data/job-table.ts';
import type { ResultsBucket } from '../data/results-bucket.ts';
import type { JobEventBus } from '../events/event-bus.ts';
import { attemptStateMachineArn, functionName, jobQueueName, type Names } from '../settings/names.ts';
import type { ReservedConcurrency } from '../settings/stack-settings.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';
import { grantDescribe, grantReadLogs, grantTerminate } from './batch-grants.ts';
import { LambdaFunction } from './lambda-function.ts';

/** The properties that all functions of the service share. */
export interface Common {
  readonly names: Names;
  readonly code: FunctionCode;
  readonly jobTable: JobTable;
  readonly results: ResultsBucket;
  readonly lookAfterSeconds: number;
  readonly maxHeldCalls: number;
  readonly heldCallsPercent: number;
  readonly reservedConcurrency: ReservedConcurrency;
  readonly retentionDays: number;
  readonly allowSharedOverrides: boolean;
}

const memoryMegabytes = 256;

/** Submits jobs. A long poll may last as long as API Gateway keeps this stream open, 300 s. */
export function submitFunction(scope: Construct, common: Common) {
  const { jobTable, results } = common;
  const submit = new LambdaFunction<SubmitEnvironment>(scope, 'Submit', {
    ...named(common, 'submit'),
    description: 'Submits jobs, and waits for their end on request',
    environment: {
      ...storage(common),
      ...routers(scope, common),
      LOOK_AFTER_SECONDS: String(common.lookAfterSeconds),
      ...longPollVariables(common),
    },
    timeoutSeconds: 300,
  });
  jobTable.grantItems(submit, 'GetItem', 'Query', 'PutItem', 'UpdateItem');
  results.grantRead(submit);
  results.grantWrite(submit);
  grantStartExecution(scope, common, submit);
  return submit;
}

/**
 * Returns events of jobs, or streams them for at most a minute, even though API Gateway would keep a stream
 * open longer.
 */
export function liveFunction(scope: Construct, common: Common) {
  const { jobTable, results } = common;
  const live = new LambdaFunction<LiveEnvironment>(scope, 'Live', {
    ...named(common, 'live'),
    description: 'Returns the events of a job, as a live stream on request',
    environment: { ...storage(common), ...longPollVariables(common) },
    timeoutSeconds: 300,
  });
  jobTable.grantItems(live, 'GetItem', 'PutItem', 'UpdateItem');
  results.grantRead(live);
  return live;
}

/** Serves all other routes, within the 29 s that API Gateway waits for a buffered response. */
export function apiFunction(scope: Construct, common: Common) {
  const { jobTable, results } = common;
  const api = new LambdaFunction<ApiEnvironment>(scope, 'Api', {
    ...named(common, 'api'),
    description: 'Serves every route that is not streamed',
    environment: {
      ...storage(common),
      ...starting(scope, common),
      ...targetRules(common),
      JOB_QUEUE: jobQueueName(common.names),
      ...longPollVariables(common),
    },
    timeoutSeconds: 29,
  });
  jobTable.grantItems(api, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  jobTable.grantIndexQuery(api, 'live', 'service');
  results.grantRead(api);
  results.grantRemove(api);
  results.grantWrite(api);
  grantStartExecution(scope, common, api);
  grantDescribe(api, 'DescribeJobs', 'ListJobs');
  grantTerminate(scope, api);
  grantReadLogs(scope, api);
  return api;
}

/**
 * Serves the worker routes at a function URL, which costs nothing beyond the invocation. The URL is public;
 * requests are authorized by the token of an attempt. `url` ends with a slash.
 */
export function workerFunction(scope: Construct, common: Common & { readonly apiUrl: string }) {
  const { jobTable, results } = common;
  const worker = new LambdaFunction<WorkerEnvironment>(scope, 'Worker', {
    ...named(common, 'worker'),
    description: 'Serves the worker routes, which attempts report to',
    environment: { ...storage(common), ...starting(scope, common), API_URL: common.apiUrl },
    timeoutSeconds: 29,
  });
  jobTable.grantItems(worker, 'GetItem', 'Query', 'PutItem');
  results.grantRead(worker);
  results.grantWrite(worker);
  grantStartExecution(scope, common, worker);
  const { url } = worker.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  return { function: worker, url };
}

/** Authenticates callers and returns their permissions. */
export function authorizeFunction(scope: Construct, common: Common) {
  const authorize = new LambdaFunction<AuthorizeEnvironment>(scope, 'Authorize', {
    ...named(common, 'authorize'),
    description: 'Authorizes API calls by their API key',
    environment: { TABLE_NAME: common.jobTable.table.tableName },
    timeoutSeconds: 10,
  });
  common.jobTable.grantItems(authorize, 'GetItem');
  return authorize;
}

/** Claims an attempt for an execution of an attempt state machine. */
export function dispatchFunction(scope: Construct, common: Common & { readonly workerUrl: string }) {
  const { jobTable, results } = common;
  const dispatch = new LambdaFunction<DispatchEnvironment>(scope, 'Dispatch', {
    ...named(common, 'dispatch'),
    description: 'Claims one attempt of a job and returns how to run it',
    environment: {
      ...storage(common),
      ...starting(scope, common),
      ...targetRules(common),
      WORKER_URL: common.workerUrl,
    },
    timeoutSeconds: 30,
  });
  jobTable.grantItems(dispatch, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  results.grantRead(dispatch);
  grantStartExecution(scope, common, dispatch);
  return dispatch;
}

/** Ends an attempt, and may start the next attempt. */
export function settleFunction(scope: Construct, common: Common) {
  const { jobTable, results } = common;
  const settle = new LambdaFunction<SettleEnvironment>(scope, 'Settle', {
    ...named(common, 'settle'),
    description: 'Ends one attempt of a job with its outcome',
    environment: { ...storage(common), ...starting(scope, common) },
    timeoutSeconds: 30,
  });
  jobTable.grantItems(settle, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  results.grantRead(settle);
  results.grantWrite(settle);
  grantStartExecution(scope, common, settle);
  return settle;
}

/** Publishes changes on the bus; the publisher adds the permissions for the stream. */
export function publishEventsFunction(
  scope: Construct,
  common: Common & { readonly apiUrl: string; readonly events: JobEventBus },
) {
  const publishEvents = new LambdaFunction<PublishEventsEnvironment>(scope, 'PublishEvents', {
    ...named(common, 'publish-events'),
    description: 'Publishes the transitions of jobs to the event bus, and wakes their dependents',
    environment: {
      BUS_NAME: common.events.bus.eventBusName,
      API_URL: common.apiUrl,
      TABLE_NAME: common.jobTable.table.tableName,
      ...starting(scope, common),
    },
    timeoutSeconds: 60,
  });
  common.events.grantPut(publishEvents);
  common.jobTable.grantItems(publishEvents, 'GetItem', 'Query', 'PutItem');
  grantStartExecution(scope, common, publishEvents);
  return publishEvents;
}

/** Checks due jobs. Ends before the next reconciliation pass starts. */
export function reconcileFunction(scope: Construct, common: Common) {
  const { jobTable, results } = common;
  const reconcile = new LambdaFunction<ReconcileEnvironment>(scope, 'Reconcile', {
    ...named(common, 'reconcile'),
    description: 'Checks all due jobs once a minute',
    environment: {
      ...storage(common),
      ...starting(scope, common),
      JOB_QUEUE: jobQueueName(common.names),
      RETENTION_DAYS: String(common.retentionDays),
    },
    timeoutSeconds: 55,
  });
  results.grantRemove(reconcile);
  jobTable.grantItems(reconcile, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  jobTable.grantIndexQuery(reconcile, 'due', 'live');
  results.grantRead(reconcile);
  results.grantWrite(reconcile);
  grantDescribe(reconcile, 'DescribeJobs', 'ListJobs');
  grantTerminate(scope, reconcile);
  grantWildcard(reconcile, {
    actions: ['lambda:GetAccountSettings'],
    resourceArn: '*',
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    reason: 'The operation has no resource. It returns the concurrency limit of the account.',
  });
  grantStartExecution(scope, common, reconcile);
  return reconcile;
}

export function named({ names, code, reservedConcurrency }: Common, name: keyof FunctionCode) {
  const reserved = reservedConcurrency[name];
  return {
    functionName: functionName(names, name),
    codeDirectory: code[name],
    memoryMegabytes,
    ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
  };
}

/** The environment of a function that serves long polls. */
function longPollVariables({ maxHeldCalls, heldCallsPercent }: Common) {
  return { MAX_HELD_CALLS: String(maxHeldCalls), HELD_CALLS_PERCENT: String(heldCallsPercent) };
}

export function storage({ jobTable, results }: Common) {
  return { TABLE_NAME: jobTable.table.tableName, BUCKET_NAME: results.bucket.bucketName };
}

/** The environment of a function that checks the targets of definitions. */
export function targetRules({ names, allowSharedOverrides }: Common) {
  const switched = allowSharedOverrides ? 'true' : 'false';
  return { NAME_PREFIX: names.prefix, ALLOW_SHARED_OVERRIDES: switched } as const;
}

/** By name: the state machines invoke dispatch and settle, so a reference to them would be circular. */
function routers(scope: Construct, { names }: Common) {
  const stack = Stack.of(scope);
  return {
    EXPRESS_ROUTER_ARN: attemptStateMachineArn(stack, names, 'express'),
    STANDARD_ROUTER_ARN: attemptStateMachineArn(stack, names, 'standard'),
  };
}

/** The environment of a function that schedules and starts attempts. */
export function starting(scope: Construct, common: Common) {
  return { ...routers(scope, common), LOOK_AFTER_SECONDS: String(common.lookAfterSeconds) };
}

export function grantStartExecution(scope: Construct, common: Common, grantee: IGrantable): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['states:StartExecution'],
    resourceArns: Object.values(routers(scope, common)),
  });
}
