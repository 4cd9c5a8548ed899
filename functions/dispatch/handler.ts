import middy from '@middy/core';
import * as z from 'zod/mini';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { dispatchAttempt } from '../../core/jobs/attempts/dispatch-attempt.ts';
import { probeTarget } from '../../core/jobs/scheduling/probe-target.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { capacityPorts } from '../_shared/capacity-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { baseUrlSetting, resourceNameSettings, startSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const deps = {
  ...attemptPorts(table, env),
  ...capacityPorts(table),
  settings: {
    ...startSettings(env),
    ...resourceNameSettings(env),
    workerBaseUrl: baseUrlSetting(env.WORKER_URL),
  },
};

/**
 * The input from the state `Dispatch` of the attempt state machine. Its member `input` is the input of the whole
 * execution, an `ExecutionInput`, which also documents why the ID of a probe is named `probe`.
 */
const request = z.object({
  tenant: z.string(),
  jobId: z.string(),
  attempt: z.int(),
  executionId: z.string(),
  enteredAt: z.optional(z.string()),
  input: z._default(
    z.object({
      start: z.optional(z.int()),
      hasTurn: z.optional(z.boolean()),
      probe: z.optional(z.object({ target: z.string(), probe: z.int() })),
    }),
    {},
  ),
});

/**
 * Called by the attempt state machine: claims an attempt and returns what to run, or probes a congested
 * target.
 */
export const handler = middy().handler(async (event: unknown) => {
  const { input, ...attempt } = request.parse(event);
  if (input.probe === undefined)
    return dispatchAttempt(deps, { ...attempt, startNumber: input.start, hasTurn: input.hasTurn });
  const { target, probe: probeId } = input.probe;
  await probeTarget(deps, { ...attempt, target, probeId });
  return { route: 'none' };
});
