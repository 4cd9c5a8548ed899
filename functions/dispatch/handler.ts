import middy from '@middy/core';
import * as z from 'zod/mini';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { dynamoServiceStore } from '../../aws/dynamodb/dynamo-service-store.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { s3ObjectStore } from '../../aws/s3/s3-object-store.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { systemRandom } from '../../aws/system/system-random.ts';
import { dispatchAttempt } from '../../core/jobs/attempts/dispatch-attempt.ts';
import { probeTarget } from '../../core/jobs/scheduling/probe-target.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { capacityPorts } from '../_shared/capacity-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { attemptSettings, baseUrlSetting, targetSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const deps = {
  ...capacityPorts(table, env),
  jobs: dynamoJobStore(table),
  services: cachedServices(dynamoServiceStore(table), systemClock),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  random: systemRandom(),
  settings: {
    ...attemptSettings(env),
    ...targetSettings(env),
    workerBaseUrl: baseUrlSetting(env.WORKER_URL),
  },
};

/** The input from the first state of the attempt state machine. */
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
