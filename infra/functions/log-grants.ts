import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type Names, serviceFunctionName } from '../settings/names.ts';
import { grantWildcard } from '../settings/wildcard-permission.ts';

/**
 * Permits a function to read the logs of service functions, in their default log groups. A search has the group as its resource, and
 * reading has a stream (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).
 */
export function grantReadFunctionLogs(scope: Construct, grantee: IGrantable, names: Names): void {
  grantWildcard(grantee, {
    actions: ['logs:FilterLogEvents', 'logs:GetLogEvents'],
    resourceArn: Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `/aws/lambda/${serviceFunctionName(names, '*')}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    reason: 'Others deploy services after this stack; the name prefix limits the permission.',
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
