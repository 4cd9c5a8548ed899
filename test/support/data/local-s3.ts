import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LazyS3Client, lazyS3Client } from '../../../aws/clients/s3-client.ts';
import type { CloudModel, Resource } from '../../../local/cloud.ts';
import { startGateway } from '../../../local/gateway/start-gateway.ts';
import { accessControl } from '../../../local/iam/access-control.ts';
import { accessKeys } from '../../../local/iam/access-keys.ts';
import { startS3 } from '../../../local/s3/start-s3.ts';

const bucket: Resource = {
  stack: 'Test',
  logicalId: 'Results',
  type: 'AWS::S3::Bucket',
  ref: 'results',
  arn: 'arn:aws:s3:::results',
  properties: {},
};

/** S3 of the local runtime with one bucket; `stop` deletes everything it created. */
export interface LocalS3 {
  readonly client: LazyS3Client;
  readonly bucketName: string;
  stop(): Promise<void>;
}

/** Starts S3 of the local runtime in a separate directory. */
export async function startLocalS3(): Promise<LocalS3> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'errand-s3-'));
  const model = modelOf(bucket);
  const access = accessControl(model);
  const keys = accessKeys(model);
  const s3 = startS3({ model, access, dataDirectory });
  const gateway = await startGateway({ services: [s3.service], access, keys });
  const client = lazyS3Client({
    endpoint: gateway.url,
    region: model.region,
    credentials: keys.operator,
  });
  return {
    client,
    bucketName: bucket.ref,
    async stop() {
      (await client()).destroy();
      await gateway.stop();
      await s3.stop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}

function modelOf(resource: Resource): CloudModel {
  return {
    accountId: '123456789012',
    region: 'us-east-1',
    resources: [resource],
    outputs: [],
    ofType: (type) => (type === resource.type ? [resource] : []),
    byArn: () => resource,
  };
}
