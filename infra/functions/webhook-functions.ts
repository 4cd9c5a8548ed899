import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Environment as DeliverWebhookEnvironment } from '../../functions/deliver-webhook/environment.ts';
import type { JobEventBus } from '../events/event-bus.ts';
import { deliverTimeoutSeconds } from '../events/webhook-queue.ts';
import {
  baseProps,
  eventLogVariables,
  type FunctionContext,
  webhookQueueVariables,
  webhookSecretVariables,
} from './function-context.ts';
import { LambdaFunction } from './lambda-function.ts';

/** More than the ten messages of a batch, and those that were given up while their names were being resolved. */
const nameResolutions = 64;

/** Delivers events to webhooks; the only function that sends requests to addresses that tenants choose. */
export function deliverWebhookFunction(
  scope: Construct,
  context: FunctionContext & { readonly apiUrl: string; readonly events: JobEventBus },
) {
  const deliver = new LambdaFunction<DeliverWebhookEnvironment>(scope, 'DeliverWebhook', {
    ...baseProps(context, 'deliver-webhook'),
    description: 'Delivers events to webhooks',
    environment: {
      TABLE_NAME: context.jobTable.table.tableName,
      BUS_NAME: context.events.bus.eventBusName,
      API_URL: context.apiUrl,
      ...eventLogVariables(context),
      ...webhookQueueVariables(context),
      ...webhookSecretVariables(context),
      UV_THREADPOOL_SIZE: String(nameResolutions),
    },
    timeoutSeconds: deliverTimeoutSeconds,
    // Lambda ends a loop through a queue after about 16 invocations, but a slow receiver is tried again more often, and a repetition
    // has a message for each 100 deliveries: attempts end after the last retry, and a repetition at the end of its list.
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    recursiveLoop: RecursiveLoop.ALLOW,
  });
  context.jobTable.grantItems(deliver, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem');
  context.webhookSecrets.grantItems(deliver, 'GetItem');
  context.events.grantPut(deliver);
  context.webhookQueue.grantSend(deliver);
  context.webhookQueue.addConsumer(deliver);
  return deliver;
}
