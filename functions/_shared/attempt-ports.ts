import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import type { Table } from '../../aws/table.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { createLog } from './logger.ts';

/** Where the ports lead, as `attemptVariables` names it. */
interface Places {
  readonly BUCKET_NAME: string;
  readonly EXPRESS_ROUTER_ARN: string;
  readonly STANDARD_ROUTER_ARN: string;
}

/**
 * The ports of every function that ends attempts of jobs and starts them. Services are kept for a while, so a function
 * that must see what was registered just now needs a store of its own. The S3 client is loaded at its first use.
 */
export function attemptPorts(table: Table, places: Places) {
  return {
    jobs: dynamoJobStore(table),
    services: cachedServices(dynamoServiceStore(table), systemClock),
    objects: s3ObjectStore({ client: lazyS3Client(), bucketName: places.BUCKET_NAME }),
    executions: stepFunctionsStarter({
      client: stepFunctionsClient(),
      routerArns: { express: places.EXPRESS_ROUTER_ARN, standard: places.STANDARD_ROUTER_ARN },
    }),
    clock: systemClock,
    chance: systemChance(),
    log: createLog(),
  };
}
