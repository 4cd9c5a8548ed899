import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { dynamoServiceStore } from '../../aws/dynamodb/dynamo-service-store.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { s3ObjectStore } from '../../aws/s3/s3-object-store.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { systemRandom } from '../../aws/system/system-random.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { type StateMachineArns, startPorts } from './start-ports.ts';

/** The AWS resources behind the ports, named as in `attemptVariables`. */
interface AttemptResources extends StateMachineArns {
  readonly BUCKET_NAME: string;
}

/**
 * The ports of every function that starts and ends attempts. Services that jobs have used are cached for
 * 60 s, so a function that needs the latest deprecations must use its own store. The S3 client is loaded at
 * its first use.
 */
export function attemptPorts(table: Table, resources: AttemptResources) {
  return {
    jobs: dynamoJobStore(table),
    services: cachedServices(dynamoServiceStore(table), systemClock),
    objects: s3ObjectStore({ client: lazyS3Client(), bucketName: resources.BUCKET_NAME }),
    ...startPorts(resources),
    random: systemRandom(),
  };
}
