import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { batchDispatcher } from '../../aws/batch/batch-dispatcher.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyLambdaClient } from '../../aws/clients/lambda-client.ts';
import { dynamoAccountLimits } from '../../aws/dynamodb/dynamo-account-limits.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoRetentionStore } from '../../aws/dynamodb/dynamo-retention-store.ts';
import { dynamoReusableResults } from '../../aws/dynamodb/dynamo-reusable-results.ts';
import { dynamoDeliveryStore } from '../../aws/dynamodb/webhooks/dynamo-delivery-store.ts';
import { lambdaAccount } from '../../aws/lambda/lambda-account.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { deleteOldJobs } from '../../core/jobs/deletion/delete-old-jobs.ts';
import { countOverdue } from '../../core/jobs/reconciler/count-overdue.ts';
import { reconcile } from '../../core/jobs/reconciler/reconcile.ts';
import { reconcileData } from '../../core/jobs/reconciler/reconcile-data.ts';
import { refreshAccountLimitHourly } from '../../core/jobs/waiting/refresh-account-limit.ts';
import { resendOperations } from '../../core/operations/resend-operations.ts';
import { reconcileDeliveries } from '../../core/webhooks/delivery/reconcile-deliveries.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { capacityPorts } from '../_shared/capacity-ports.ts';
import { dataPorts } from '../_shared/data-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createMetrics } from '../_shared/metrics.ts';
import { operationPorts } from '../_shared/operation-ports.ts';
import { startSettings } from '../_shared/settings.ts';
import { webhookQueuePort } from '../_shared/webhook-ports.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const ports = attemptPorts(table, env);
const deps = {
  ...ports,
  ...capacityPorts(table),
  ...dataPorts(table, env),
  ...operationPorts(table, env),
  links: dynamoJobLinks(table),
  results: dynamoReusableResults(table),
  batch: batchDispatcher({ client: lazyBatchClient(), jobQueue: env.JOB_QUEUE }),
  deliveries: dynamoDeliveryStore(table),
  webhookQueue: webhookQueuePort(env, ports.log),
  metrics: createMetrics(),
  retention: dynamoRetentionStore(table),
  accountLimits: dynamoAccountLimits(table),
  lambdaAccount: lambdaAccount(lazyLambdaClient()),
  settings: { ...startSettings(env), retentionDays: Number(env.RETENTION_DAYS) },
};

/**
 * Reserved for the job in progress when the pass stops taking new jobs: the check of a result may take 12 s.
 */
const reserveMs = 18_000;

/**
 * Called every minute: queues the operations that are due, reconciles the jobs whose check is due, counts the overdue jobs that
 * remain, and uses the remaining time for the webhook deliveries and the data objects that are due, and to delete jobs that are
 * older than the retention period. Once an hour it reads the account's concurrency limit.
 */
export const handler = middy().handler(async (_event: unknown, context: Context) => {
  const budgetEndsAt = systemClock.now() + context.getRemainingTimeInMillis() - reserveMs;
  const refreshed = refreshAccountLimitHourly(deps);
  // First: an operation is only queued here, and many due jobs may take the whole pass.
  await resendOperations(deps);
  const summary = await reconcile(deps, { budgetEndsAt });
  await refreshed;
  await countOverdue(deps);
  // Half of the time that is left: many due deliveries must not keep data objects from being deleted.
  await reconcileDeliveries(deps, { budgetEndsAt: (systemClock.now() + budgetEndsAt) / 2 });
  await reconcileData(deps, { budgetEndsAt });
  await deleteOldJobs(deps, { budgetEndsAt });
  return summary;
});
