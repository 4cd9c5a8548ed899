import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FunctionCode } from '../bundling/function-entries.ts';
import type { JobTable } from '../data/job-table.ts';
import type { ResultsBucket } from '../data/results-bucket.ts';
import type { WebhookSecrets } from '../data/webhook-secrets.ts';
import type { WebhookQueue } from '../events/webhook-queue.ts';
import { attemptStateMachineArn, functionName, type Names } from '../settings/names.ts';
import type { ReservedConcurrency } from '../settings/stack-settings.ts';

/** The resources and settings from which all functions of Errand are created. */
export interface FunctionContext {
  readonly names: Names;
  readonly code: FunctionCode;
  readonly jobTable: JobTable;
  readonly results: ResultsBucket;
  /** The queue of the operations that have work left. */
  readonly operations: IQueue;
  readonly webhookQueue: WebhookQueue;
  readonly webhookSecrets: WebhookSecrets;
  readonly lookAfterSeconds: number;
  readonly maxHeldCalls: number;
  readonly heldCallsPercent: number;
  readonly reservedConcurrency: ReservedConcurrency;
  readonly retentionDays: number;
  readonly dataRetentionDays: number;
  readonly eventLogDays: number;
  readonly allowSharedOverrides: boolean;
  /** Origins whose web pages may call the API. */
  readonly corsOrigins: readonly string[];
}

const memoryMegabytes = 256;

/** Returns the properties that every function has, for the function with this short name. */
export function baseProps({ names, code, reservedConcurrency }: FunctionContext, name: keyof FunctionCode) {
  const reserved = reservedConcurrency[name];
  return {
    functionName: functionName(names, name),
    codeDirectory: code[name],
    memoryMegabytes,
    ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
  };
}

/** The environment of a function that reads jobs; functions/_shared/attempt-variables.ts describes it. */
export function storageVariables({ jobTable, results }: FunctionContext) {
  return { TABLE_NAME: jobTable.table.tableName, BUCKET_NAME: results.bucket.bucketName };
}

/** The environment of a function that starts attempts. */
export function startVariables(scope: Construct, context: FunctionContext) {
  return {
    TABLE_NAME: context.jobTable.table.tableName,
    ...stateMachineArns(scope, context),
    LOOK_AFTER_SECONDS: String(context.lookAfterSeconds),
  };
}

/** The environment of a function that starts and ends attempts. */
export function attemptVariables(scope: Construct, context: FunctionContext) {
  return { ...startVariables(scope, context), ...storageVariables(context) };
}

/** The environment of a function that serves long polls or event streams. */
export function longPollVariables({ maxHeldCalls, heldCallsPercent }: FunctionContext) {
  return { MAX_HELD_CALLS: String(maxHeldCalls), HELD_CALLS_PERCENT: String(heldCallsPercent) };
}

/** The environment of a function that creates data objects. */
export function dataVariables({ dataRetentionDays }: FunctionContext) {
  return { DATA_RETENTION_DAYS: String(dataRetentionDays) };
}

/** The environment of a function that web pages may call. */
export function corsVariables({ corsOrigins }: FunctionContext) {
  return corsOrigins.length === 0 ? {} : { CORS_ORIGINS: corsOrigins.join(' ') };
}

/** The environment of a function that appends to the event log or reads it. */
export function eventLogVariables({ eventLogDays }: FunctionContext) {
  return { EVENT_LOG_DAYS: String(eventLogDays) };
}

/** The environment of a function that requests deliveries to webhooks. */
export function webhookQueueVariables({ webhookQueue }: FunctionContext) {
  return { WEBHOOK_QUEUE_URL: webhookQueue.queue.queueUrl };
}

/** The environment of a function that handles the secrets of webhooks. */
export function webhookSecretVariables({ webhookSecrets }: FunctionContext) {
  return { SECRETS_TABLE_NAME: webhookSecrets.table.tableName };
}

/** The environment of a function that checks the resource names in definitions. */
export function resourceNameVariables({ names, allowSharedOverrides }: FunctionContext) {
  return {
    NAME_PREFIX: names.prefix,
    ALLOW_SHARED_OVERRIDES: allowSharedOverrides ? 'true' : 'false',
  } as const;
}

/** By name: the state machines invoke dispatch and settle, so a reference to them would be circular. */
function stateMachineArns(scope: Construct, { names }: FunctionContext) {
  const stack = Stack.of(scope);
  return {
    EXPRESS_ROUTER_ARN: attemptStateMachineArn(stack, names, 'express'),
    STANDARD_ROUTER_ARN: attemptStateMachineArn(stack, names, 'standard'),
  };
}

/** Permits a function to put operations into their queue. */
export function grantSendOperations({ operations }: FunctionContext, grantee: IGrantable): void {
  Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [operations.queueArn] });
}

/** Permits a function to start the attempt state machines. */
export function grantStartExecution(scope: Construct, context: FunctionContext, grantee: IGrantable): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['states:StartExecution'],
    resourceArns: Object.values(stateMachineArns(scope, context)),
  });
}
