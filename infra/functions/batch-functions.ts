import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Environment as BatchEventEnvironment } from '../../functions/batch-event/environment.ts';
import type { Environment as SubmitBatchEnvironment } from '../../functions/submit-batch/environment.ts';
import { batchArn, jobDefinitionName, jobQueueName } from '../settings/names.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';
import { grantDescribe, grantTerminate } from './batch-grants.ts';
import {
  attemptVariables,
  baseProps,
  type FunctionContext,
  grantStartExecution,
  resourceNameVariables,
  startVariables,
} from './function-context.ts';
import { LambdaFunction } from './lambda-function.ts';

/**
 * Submits attempts to AWS Batch, which accepts 50 submissions per second and account
 * (https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html).
 */
export function submitBatchFunction(scope: Construct, context: FunctionContext) {
  const submitBatch = new LambdaFunction<SubmitBatchEnvironment>(scope, 'SubmitBatch', {
    ...baseProps(context, 'submit-batch'),
    description: 'Submits a claimed attempt to AWS Batch',
    environment: {
      ...startVariables(scope, context),
      ...resourceNameVariables(context),
      JOB_QUEUE: jobQueueName(context.names),
    },
    timeoutSeconds: 30,
  });
  context.jobTable.grantItems(submitBatch, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  grantStartExecution(scope, context, submitBatch);
  grantSubmit(scope, context, submitBatch);
  grantDescribe(submitBatch, 'DescribeJobDefinitions', 'DescribeJobs', 'ListJobs');
  grantTerminate(scope, submitBatch);
  return submitBatch;
}

/** Processes the events of Batch jobs; ends attempts, and may start the next attempt. */
export function batchEventFunction(scope: Construct, context: FunctionContext) {
  const { jobTable, results } = context;
  const batchEvent = new LambdaFunction<BatchEventEnvironment>(scope, 'BatchEvent', {
    ...baseProps(context, 'batch-event'),
    description: 'Processes events of AWS Batch about attempts',
    environment: {
      ...attemptVariables(scope, context),
      JOB_QUEUE: jobQueueName(context.names),
    },
    timeoutSeconds: 30,
  });
  jobTable.grantItems(batchEvent, 'GetItem', 'BatchGetItem', 'Query', 'PutItem');
  results.grantRead(batchEvent);
  results.grantWrite(batchEvent);
  grantStartExecution(scope, context, batchEvent);
  grantTerminate(scope, batchEvent);
  return batchEvent;
}

/**
 * A job definition with a revision is a separate resource. It is not documented for which resource the tags
 * of a submission are authorized; error messages name the definition. Without this permission no attempt
 * would start, so all resources that a submission names are permitted.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
function grantSubmit(scope: Construct, { names }: FunctionContext, grantee: IGrantable): void {
  const stack = Stack.of(scope);
  Grant.addToPrincipal({
    grantee,
    actions: ['batch:SubmitJob', 'batch:TagResource'],
    resourceArns: [batchArn(stack, 'job-queue', jobQueueName(names))],
  });
  grantWildcard(grantee, {
    actions: ['batch:SubmitJob', 'batch:TagResource'],
    resourceArn: batchArn(stack, 'job-queue', `${jobQueueName(names)}-*`),
    reason: 'Other teams create queues after this stack; the name prefix limits the permission.',
  });
  grantWildcard(grantee, {
    actions: ['batch:SubmitJob', 'batch:TagResource'],
    resourceArn: batchArn(stack, 'job-definition', jobDefinitionName(names, '*')),
    reason: 'Others create job definitions after this stack; the name prefix limits the permission.',
  });
  grantWildcard(grantee, {
    actions: ['batch:TagResource'],
    resourceArn: batchArn(stack, 'job', '*'),
    reason: 'Batch generates the ID in the ARN of a job when the job is submitted.',
  });
}
