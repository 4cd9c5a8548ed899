import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { batchArn } from '../settings/names.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';

/** Permits a function to look up jobs on Batch. */
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

/** Permits a function to terminate Batch jobs. */
export function grantTerminate(scope: Construct, grantee: IGrantable): void {
  grantWildcard(grantee, {
    actions: ['batch:TerminateJob'],
    resourceArn: batchArn(Stack.of(scope), 'job', '*'),
    reason: 'Batch generates the ID in the ARN of a job when the job is submitted.',
  });
}

/**
 * Permits a function to read the logs of Batch containers, in log groups with the same prefix as Batch's
 * default.
 */
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
    reason:
      'Job definitions of others choose their log groups, and Batch creates a stream for each container.',
  });
}
