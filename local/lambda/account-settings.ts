import type { AwsResponse } from '../cloud.ts';
import type { Concurrency } from './concurrency.ts';

/** Lambda's own defaults, in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const codeLimits = {
  CodeSizeUnzipped: 262_144_000,
  CodeSizeZipped: 52_428_800,
  TotalCodeSize: 80_530_636_800,
};

/**
 * Answers `GetAccountSettings` with the limits of the account; its usage, which nothing here counts, is left out.
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
