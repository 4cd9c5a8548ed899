import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Environment as BatchEventEnvironment } from '../../functions/batch-event/environment.ts';
import type { Environment as SubmitBatchEnvironment } from '../../functions/submit-batch/environment.ts';
import { batchArn, jobDefinitionName, jobQueueName } from '../settings/names.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';
import { grantDescribe, grantTerminate } from './batch-grants.ts';
import { type Common, grantStartExecution, named, starting, storage, targetRules } from './job-functions.ts';
import { LambdaFunction } from './lambda-function.ts';

/**
 * Hands attempts to AWS Batch, which takes 50 a second from an account and refuses more
 * (https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html).
 */
export function submitBatchFunction(scope: Construct, common: Common) {
  const submitBatch = new LambdaFunction<SubmitBatchEnvironment>(scope, 'SubmitBatch', {
    ...named(common, 'submit-batch'),
    description: 'Has AWS Batch run an attempt that was claimed',
    environment: {
      TABLE_NAME: common.jobTable.table.tableName,
      ...starting(scope, common),
      ...targetRules(common),
      JOB_QUEUE: jobQueueName(common.names),
    },
    timeoutSeconds: 30,
  });
  common.jobTable.grantItems(submitBatch, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  grantStartExecution(scope, common, submitBatch);
  grantSubmit(scope, common, submitBatch);
  grantDescribe(submitBatch, 'DescribeJobDefinitions', 'DescribeJobs', 'ListJobs');
  grantTerminate(scope, submitBatch);
  return submitBatch;
}

/** Takes in what Batch tells of its jobs; ends attempts, and may start the next one. */
export function batchEventFunction(scope: Construct, common: Common) {
  const { jobTable, results } = common;
  const batchEvent = new LambdaFunction<BatchEventEnvironment>(scope, 'BatchEvent', {
    ...named(common, 'batch-event'),
    description: 'Takes in what AWS Batch tells of attempts',
    environment: {
      ...storage(common),
      ...starting(scope, common),
      JOB_QUEUE: jobQueueName(common.names),
    },
    timeoutSeconds: 30,
  });
  jobTable.grantItems(batchEvent, 'GetItem', 'PutItem');
  results.grantRead(batchEvent);
  results.grantWrite(batchEvent);
  grantStartExecution(scope, common, batchEvent);
  grantTerminate(scope, batchEvent);
  return batchEvent;
}

/**
 * A definition is a resource of its own with a revision. Which resource a submission's tags are checked on is not
 * documented; refusals name the definition. Without the one that is asked for no attempt would start, so all that a
 * submission names are permitted. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
function grantSubmit(scope: Construct, { names }: Common, grantee: IGrantable): void {
  const stack = Stack.of(scope);
  Grant.addToPrincipal({
    grantee,
    actions: ['batch:SubmitJob', 'batch:TagResource'],
    resourceArns: [batchArn(stack, 'job-queue', jobQueueName(names))],
  });
  grantWildcard(grantee, {
    actions: ['batch:SubmitJob', 'batch:TagResource'],
    resourceArn: batchArn(stack, 'job-queue', `${jobQueueName(names)}-*`),
    reason: 'Queues of other teams are made after this stack; the name prefix is what permits them.',
  });
  grantWildcard(grantee, {
    actions: ['batch:SubmitJob', 'batch:TagResource'],
    resourceArn: batchArn(stack, 'job-definition', jobDefinitionName(names, '*')),
    reason: 'Job definitions are made by others after this stack; the name prefix is what permits them.',
  });
  grantWildcard(grantee, {
    actions: ['batch:TagResource'],
    resourceArn: batchArn(stack, 'job', '*'),
    reason: 'Batch gives each job an ARN with an id of its own when it is submitted.',
  });
}
