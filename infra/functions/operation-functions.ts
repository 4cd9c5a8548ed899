import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Environment as OperateEnvironment } from '../../functions/operate/environment.ts';
import type { JobEventBus } from '../events/event-bus.ts';
import { jobQueueName } from '../settings/names.ts';
import { grantDescribe, grantTerminate } from './batch-grants.ts';
import {
  attemptVariables,
  baseProps,
  type FunctionContext,
  grantSendOperations,
  grantStartExecution,
} from './function-context.ts';
import { LambdaFunction } from './lambda-function.ts';

/** A turn of 20 s, and the time in which the jobs that are being treated at its end are finished. */
export const operateTimeoutSeconds = 120;

/** Works on operations: submits, aborts, reruns, deletes and tags many jobs. */
export function operateFunction(
  scope: Construct,
  context: FunctionContext & { readonly events: JobEventBus; readonly apiUrl: string },
) {
  const { jobTable, results } = context;
  const operate = new LambdaFunction<OperateEnvironment>(scope, 'Operate', {
    ...baseProps(context, 'operate'),
    description: 'Works on operations on many jobs',
    environment: {
      ...attemptVariables(scope, context),
      JOB_QUEUE: jobQueueName(context.names),
      OPERATION_QUEUE_URL: context.operations.queueUrl,
      BUS_NAME: context.events.bus.eventBusName,
      API_URL: context.apiUrl,
    },
    timeoutSeconds: operateTimeoutSeconds,
    // Lambda ends a loop through a queue after about 16 invocations, but an operation continues until its jobs are treated: each
    // message is sent for work that is left, and a job that cannot be treated counts as failed.
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    recursiveLoop: RecursiveLoop.ALLOW,
  });
  jobTable.grantItems(operate, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  jobTable.grantIndexQuery(operate, 'live', 'service');
  results.grantRead(operate);
  results.grantRemove(operate);
  results.grantWrite(operate);
  results.grantContent(operate, 'GetObject', 'DeleteObject', 'AbortMultipartUpload');
  context.events.grantPut(operate);
  grantSendOperations(context, operate);
  grantStartExecution(scope, context, operate);
  grantDescribe(operate, 'DescribeJobs', 'ListJobs');
  grantTerminate(scope, operate);
  return operate;
}
