import { CfnOutput, Lazy, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { readOrigins } from '../core/contract/http/cors-origins.ts';
import { HttpApi } from './api/http-api.ts';
import type { FunctionCode } from './bundling/function-entries.ts';
import { JobTable } from './data/job-table.ts';
import { ResultsBucket } from './data/results-bucket.ts';
import { WebhookSecrets } from './data/webhook-secrets.ts';
import { BatchEvents } from './events/batch-events.ts';
import { JobEventBus } from './events/event-bus.ts';
import { LateOutcomes } from './events/late-outcomes.ts';
import { Publisher } from './events/publisher.ts';
import { WebhookQueue } from './events/webhook-queue.ts';
import { AttemptStateMachine } from './execution/attempt-state-machine.ts';
import { OperationQueue } from './execution/operation-queue.ts';
import { Reconciler } from './execution/reconciler.ts';
import { ServiceInvoker } from './execution/service-invoker.ts';
import { batchEventFunction, submitBatchFunction } from './functions/batch-functions.ts';
import type { FunctionContext } from './functions/function-context.ts';
import {
  apiFunction,
  authorizeFunction,
  dispatchFunction,
  docsFunction,
  liveFunction,
  publishEventsFunction,
  reconcileFunction,
  settleFunction,
  submitFunction,
  workerFunction,
} from './functions/job-functions.ts';
import { operateFunction } from './functions/operation-functions.ts';
import { deliverWebhookFunction } from './functions/webhook-functions.ts';
import { Alarms } from './monitoring/alarms.ts';
import { JobDashboard } from './monitoring/dashboard.ts';
import { namesOf } from './settings/names.ts';
import type { ReservedConcurrency } from './settings/stack-settings.ts';

export interface ErrandStackProps extends StackProps {
  /** The directory of each function's bundled code. */
  readonly code: FunctionCode;
  /** The prefix of the names of all functions, state machines and the bus; default `errand`. */
  readonly prefix?: string;
  /**
   * The check interval: seconds after which the reconciler checks a job, from the time at which an attempt is
   * due to start or from the previous check; 1 to 9999, default 60.
   */
  readonly lookAfterSeconds?: number;
  /** The maximum number of concurrent long polls and event streams per tenant, 0 to 999; default 50. */
  readonly maxHeldCalls?: number;
  /**
   * The percentage of the account's concurrency that all long polls and event streams together may use, 0 to
   * 100; default 20.
   */
  readonly heldCallsPercent?: number;
  /**
   * Reserved concurrency of functions by short name; none by default, so that any account can deploy the
   * stack.
   */
  readonly reservedConcurrency?: ReservedConcurrency;
  /** The number of days after which ended jobs are deleted, 1 to 36500; default 0, which keeps all jobs. */
  readonly retentionDays?: number;
  /**
   * The number of days after which data objects expire that are created without `expiresAt`, 1 to 36500; default
   * 0, which keeps them.
   */
  readonly dataRetentionDays?: number;
  /** The number of days for which the event log keeps events, 1 to 3650; default 30; 0 for no event log. */
  readonly eventLogDays?: number;
  /** The removal policy of the data when the stack is deleted; default RETAIN, with deletion protection. */
  readonly removalPolicy?: RemovalPolicy;
  /** The ARN of the stream of an existing table, such as a restored one, to use instead of a new table. */
  readonly tableStreamArn?: string;
  /** Whether tenants may override the command and environment of shared job definitions; default false. */
  readonly allowSharedOverrides?: boolean;
  /**
   * Whether workers use a function URL, which not every region offers; default true. Otherwise they use the
   * REST API.
   */
  readonly workerFunctionUrl?: boolean;
  /**
   * The origins whose web pages may call the API, such as `https://console.example.com`, or `*` for those of every
   * origin; by default none.
   */
  readonly corsOrigins?: readonly string[];
  /** The ARN of an SNS topic that is notified when an alarm starts and ends. */
  readonly alarmTopicArn?: string;
}

/**
 * All of Errand: table, bucket, bus, API, two attempt state machines, publisher, reconciler, alarms and
 * dashboard.
 */
export class ErrandStack extends Stack {
  constructor(scope: Construct, id: string, props: ErrandStackProps) {
    super(scope, id, { description: 'Errand, a job service', ...props });
    const prefix = props.prefix ?? 'errand';
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const events = new JobEventBus(this, 'Events', { eventBusName: `${prefix}-events` });
    const operations = new OperationQueue(this, 'Operations');
    const corsOrigins = readOrigins(props.corsOrigins ?? []);
    const context: FunctionContext = {
      names: namesOf(prefix),
      code: props.code,
      jobTable: new JobTable(this, 'Jobs', {
        removalPolicy,
        ...(props.tableStreamArn === undefined ? {} : { tableStreamArn: props.tableStreamArn }),
      }),
      results: new ResultsBucket(this, 'Results', { removalPolicy, corsOrigins }),
      operations: operations.queue,
      webhookQueue: new WebhookQueue(this, 'Webhooks'),
      webhookSecrets: new WebhookSecrets(this, 'WebhookSecrets', { removalPolicy }),
      lookAfterSeconds: props.lookAfterSeconds ?? 60,
      maxHeldCalls: props.maxHeldCalls ?? 50,
      heldCallsPercent: props.heldCallsPercent ?? 20,
      reservedConcurrency: props.reservedConcurrency ?? {},
      retentionDays: props.retentionDays ?? 0,
      dataRetentionDays: props.dataRetentionDays ?? 0,
      eventLogDays: props.eventLogDays ?? 30,
      allowSharedOverrides: props.allowSharedOverrides ?? false,
      corsOrigins,
    };

    const submit = submitFunction(this, context);
    const apiUrl = Lazy.string({ produce: () => httpApi.urlForItsFunctions });
    const live = liveFunction(this, { ...context, apiUrl });
    const api = apiFunction(this, context);
    const authorize = authorizeFunction(this, context);
    const docs = docsFunction(this, context);
    const httpApi: HttpApi = new HttpApi(this, 'HttpApi', {
      name: prefix,
      submit,
      live,
      api,
      authorize,
      docs,
      corsOrigins,
    });

    const worker =
      props.workerFunctionUrl === false
        ? undefined
        : workerFunction(this, { ...context, apiUrl: httpApi.url });
    const dispatch = dispatchFunction(this, { ...context, workerUrl: worker?.url ?? httpApi.url });
    const settle = settleFunction(this, context);
    const lateOutcomes = new LateOutcomes(this, 'LateOutcomes', { settle });
    const { names } = context;
    const submitBatch = submitBatchFunction(this, context);
    const invoker = new ServiceInvoker(this, 'ServiceInvoker', { names });
    const attemptProps = { dispatch, settle, submitBatch, invoker };
    const express = new AttemptStateMachine(this, 'ExpressRouter', {
      names,
      kind: 'express',
      ...attemptProps,
    });
    const standard = new AttemptStateMachine(this, 'StandardRouter', {
      names,
      kind: 'standard',
      ...attemptProps,
    });
    const stateMachines = [express.machine, standard.machine];

    const publisher = new Publisher(this, 'Publisher', { jobTable: context.jobTable, removalPolicy });
    const { unpublished } = publisher;
    const publishEvents = publishEventsFunction(this, {
      ...context,
      apiUrl: httpApi.url,
      events,
      unpublished,
    });
    const publisherMapping = publisher.deliverTo(publishEvents);
    const deliverWebhook = deliverWebhookFunction(this, { ...context, apiUrl: httpApi.url, events });
    const batchEvent = batchEventFunction(this, context);
    new BatchEvents(this, 'BatchEvents', { names, batchEvent });
    const reconcile = reconcileFunction(this, context);
    new Reconciler(this, 'Reconciler', { reconcile });

    const operate = operateFunction(this, { ...context, apiUrl: httpApi.url, events });
    operations.deliverTo(operate);

    const { restApi } = httpApi;
    const alarms = new Alarms(this, 'Alarms', {
      restApi,
      ...(worker === undefined ? {} : { worker: worker.function }),
      authorize,
      dispatch,
      settle,
      keptOutcomes: lateOutcomes.failed,
      publishEvents,
      publisherMapping,
      keptMessages: context.webhookQueue.failed,
      reconcile,
      stateMachines: stateMachines,
      ...(props.alarmTopicArn === undefined ? {} : { topicArn: props.alarmTopicArn }),
    });
    new JobDashboard(this, 'Dashboard', {
      dashboardName: prefix,
      restApi,
      functions: [
        submit,
        live,
        api,
        ...(worker === undefined ? [] : [worker.function]),
        authorize,
        dispatch,
        settle,
        submitBatch,
        batchEvent,
        publishEvents,
        deliverWebhook,
        reconcile,
        operate,
        docs,
      ],
      publishEvents,
      stateMachines: stateMachines,
      alarms: alarms.all,
    });

    new CfnOutput(this, 'ApiUrl', { value: httpApi.url });
    new CfnOutput(this, 'TableName', { value: context.jobTable.table.tableName });
    new CfnOutput(this, 'BucketName', { value: context.results.bucket.bucketName });
    new CfnOutput(this, 'BusName', { value: events.bus.eventBusName });
    new CfnOutput(this, 'ExpressRouterArn', { value: express.machine.stateMachineArn });
    new CfnOutput(this, 'StandardRouterArn', { value: standard.machine.stateMachineArn });
  }
}
