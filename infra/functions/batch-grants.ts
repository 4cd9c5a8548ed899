import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
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
