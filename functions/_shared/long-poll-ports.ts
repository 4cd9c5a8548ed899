import * as z from 'zod/mini';
import { dynamoAccountLimits } from '../../aws/dynamodb/dynamo-account-limits.ts';
import { dynamoLongPolls } from '../../aws/dynamodb/dynamo-long-polls.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { recentRefusals } from '../../core/jobs/waiting/recent-refusals.ts';
import { totalLimit } from '../../core/jobs/waiting/total-limit.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** Environment variables of every function with long polls. */
export const longPollVariables = {
  /** Maximum number of concurrent long polls of a tenant. */
  MAX_HELD_CALLS: z.string().check(z.regex(/^\d{1,3}$/)),
  /** Percentage of the account's concurrency that all long polls together may use. */
  HELD_CALLS_PERCENT: z.string().check(z.regex(/^(?:\d{1,2}|100)$/)),
};

/** The ports and limits of every function with long polls. */
export function longPollPorts(
  environment: { readonly MAX_HELD_CALLS: string; readonly HELD_CALLS_PERCENT: string },
  table: Table,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
) {
  const accountLimits = dynamoAccountLimits(table);
  return {
    longPolls: dynamoLongPolls(table),
    maxHeldCalls: Number(environment.MAX_HELD_CALLS),
    totalHeldCalls: totalLimit({ accountLimits, clock, log }, Number(environment.HELD_CALLS_PERCENT)),
    refusals: recentRefusals(clock),
  };
}
