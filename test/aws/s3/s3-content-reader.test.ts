import { afterAll, describe } from 'vitest';
import { s3ContentReader } from '../../../aws/s3/s3-content-reader.ts';
import { s3ObjectStore } from '../../../aws/s3/s3-object-store.ts';
import { describeContentReader } from '../../contract/suites/operations/content-reader-suite.ts';
import { type LocalS3, startLocalS3 } from '../../support/data/local-s3.ts';

describe('s3ContentReader', () => {
  let s3: LocalS3 | undefined;
  afterAll(() => s3?.stop());

  describeContentReader(async () => {
    s3 = await startLocalS3();
    const { client, bucketName } = s3;
    return {
      reader: s3ContentReader({ client, bucketName }),
      put: s3ObjectStore({ client, bucketName }).put,
    };
  });
});
