import * as z from 'zod/mini';
import { dynamoAccountLimits } from '../../aws/dynamodb/dynamo-account-limits.ts';
import { dynamoLongPolls } from '../../aws/dynamodb/dynamo-long-polls.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { recentRefusals } from '../../core/jobs/waiting/recent-refusals.ts';
import { type TotalLimitDeps, totalLimit } from '../../core/jobs/waiting/total-limit.ts';

/** Environment variables of every function with long polls or event streams. */
export const longPollVariables = {
  /** Maximum number of concurrent long polls and event streams of a tenant. */
  MAX_HELD_CALLS: z.string().check(z.regex(/^\d{1,3}$/)),
  /** Percentage of the account's concurrency that all long polls and event streams together may use. */
  HELD_CALLS_PERCENT: z.string().check(z.regex(/^(?:\d{1,2}|100)$/)),
};

/** The ports of every function with long polls or event streams. */
export function longPollPorts(table: Table, deps: Omit<TotalLimitDeps, 'accountLimits'>) {
  const accountLimits = dynamoAccountLimits(table);
  return {
    longPolls: dynamoLongPolls(table),
    totalLongPollLimit: totalLimit({ ...deps, accountLimits }),
    refusals: recentRefusals(deps.clock),
  };
}
