import type { AwsResponse } from '../cloud.ts';
import type { Concurrency } from './concurrency.ts';

/**
 * Lambda's default limits, in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const codeLimits = {
  CodeSizeUnzipped: 262_144_000,
  CodeSizeZipped: 52_428_800,
  TotalCodeSize: 80_530_636_800,
};

/**
 * Returns the response of `GetAccountSettings` with the limits of the account. Its usage is omitted, because
 * the local runtime does not count it.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 */
export function accountSettings({ account, unreserved }: Omit<Concurrency, 'require'>): AwsResponse {
  const AccountLimit = {
    ...codeLimits,
    ConcurrentExecutions: account,
    UnreservedConcurrentExecutions: unreserved,
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ AccountLimit }),
  };
}
