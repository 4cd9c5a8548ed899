import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createDynamoClient, createStepFunctionsClient } from '../../aws/clients.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { chance, systemClock } from '../../aws/system.ts';
import { reconcile } from '../../core/jobs/reconcile.ts';
import { createCounter } from '../_shared/counter.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const deps = {
  jobs: dynamoJobStore({ client: createDynamoClient(), tableName: env.TABLE_NAME }),
  executions: stepFunctionsStarter({
    client: createStepFunctionsClient(),
    expressArn: env.EXPRESS_ROUTER_ARN,
    standardArn: env.STANDARD_ROUTER_ARN,
  }),
  clock: systemClock,
  chance,
  log: createLog(),
  counter: createCounter(),
};
const lookAfter = Number(env.LOOK_AFTER_SECONDS) * 1000;

/** Time left for the look under way when the sweep stops taking new ones. */
const reserveMilliseconds = 10_000;

/** Called every minute: looks at the jobs that are due. */
export const handler = middy().handler((_event: unknown, context: Context) =>
  reconcile(deps, {
    lookAfter,
    deadline: systemClock.now() + context.getRemainingTimeInMillis() - reserveMilliseconds,
  }),
);
