import middy from '@middy/core';
import * as z from 'zod/mini';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { dynamoDataStore } from '../../aws/dynamodb/data/dynamo-data-store.ts';
import { dynamoReusableResults } from '../../aws/dynamodb/dynamo-reusable-results.ts';
import { type AttemptReport, settleAttempt } from '../../core/jobs/attempts/settle-attempt.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { capacityPorts } from '../_shared/capacity-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { startSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const deps = {
  ...attemptPorts(table, env),
  ...capacityPorts(table),
  data: dynamoDataStore(table),
  results: dynamoReusableResults(table),
  settings: startSettings(env),
};

const attempt = { tenant: z.string(), jobId: z.string(), attempt: z.int() };

const caught = z.object({ Error: z.string(), Cause: z._default(z.string(), '') });

/**
 * The input from the last states of the attempt state machine. `Settle` sends the service's result,
 * `SettleFailure` the error of its invocation, and `SettleUndispatched` the error of its submission to AWS
 * Batch.
 */
const request = z.union([
  z.object({ ...attempt, error: caught, executionId: z.optional(z.string()) }),
  z.object({ ...attempt, undispatched: caught, executionId: z.string() }),
  // Only the log depends on the request ID: an unexpected value must not fail the attempt.
  z.object({ ...attempt, value: z.unknown(), requestId: z.optional(z.unknown()) }),
]);

/** Called by the attempt state machine: settles an attempt with its result or error. */
export const handler = middy().handler(async (event: unknown) => {
  const input = request.parse(event);
  const { tenant, jobId } = input;
  const settled = await settleAttempt(deps, {
    tenant,
    jobId,
    attempt: input.attempt,
    report: reportOf(input),
  });
  return { settled };
});

function reportOf(input: z.infer<typeof request>): AttemptReport {
  if ('undispatched' in input)
    return { kind: 'undispatched', error: input.undispatched, executionId: input.executionId };
  if ('error' in input) return { kind: 'error', error: input.error, executionId: input.executionId };
  return { kind: 'value', value: input.value, requestId: input.requestId };
}
