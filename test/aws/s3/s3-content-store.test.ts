import { afterAll, describe } from 'vitest';
import { s3ContentStore } from '../../../aws/s3/s3-content-store.ts';
import { describeContentStore } from '../../contract/suites/content-store-suite.ts';
import { type LocalS3, startLocalS3 } from '../../support/data/local-s3.ts';

describe('s3ContentStore', () => {
  let s3: LocalS3 | undefined;
  afterAll(() => s3?.stop());

  describeContentStore(async () => {
    s3 = await startLocalS3();
    const { client, bucketName } = s3;
    return { store: s3ContentStore({ client, bucketName }), send: fetch };
  });
});
