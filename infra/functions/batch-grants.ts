import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { batchArn } from '../settings/names.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';

/** Lets a function ask Batch what became of jobs. */
export function grantDescribe(
  grantee: IGrantable,
  ...operations: ReadonlyArray<'DescribeJobDefinitions' | 'DescribeJobs' | 'ListJobs'>
): void {
  grantWildcard(grantee, {
    actions: operations.map((operation) => `batch:${operation}`),
    resourceArn: '*',
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
    reason: 'These actions of AWS Batch support no resource but *.',
  });
}

/** Lets a function end Batch jobs. */
export function grantTerminate(scope: Construct, grantee: IGrantable): void {
  grantWildcard(grantee, {
    actions: ['batch:TerminateJob'],
    resourceArn: batchArn(Stack.of(scope), 'job', '*'),
    reason: 'Batch gives each job an ARN with an id of its own when it is submitted.',
  });
}

/** Lets a function read what containers of Batch wrote, in log groups that are named as Batch's own is. */
export function grantReadLogs(scope: Construct, grantee: IGrantable): void {
  grantWildcard(grantee, {
    actions: ['logs:GetLogEvents'],
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    resourceArn: Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: '/aws/batch/*:log-stream:*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    reason: 'Job definitions of others name their log groups, and Batch names a stream for each container.',
  });
}
