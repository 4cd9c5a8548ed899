import * as z from 'zod/mini';
import { dynamoAccountLimits } from '../../aws/dynamodb/dynamo-account-limits.ts';
import { dynamoLongPolls } from '../../aws/dynamodb/dynamo-long-polls.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { recentRefusals } from '../../core/jobs/waiting/recent-refusals.ts';
import { totalLimit } from '../../core/jobs/waiting/whole-limit.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';

/** What every function is told that holds calls. */
export const longPollVariables = {
  /** How many calls a tenant may have held at a time. */
  MAX_HELD_CALLS: z.string().check(z.regex(/^\d{1,3}$/)),
  /** How much of the account's concurrency all held calls together may take. */
  HELD_CALLS_PERCENT: z.string().check(z.regex(/^(?:\d{1,2}|100)$/)),
};

/** What a function needs that holds calls, from its environment. */
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
