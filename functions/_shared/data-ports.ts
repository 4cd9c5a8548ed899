import * as z from 'zod/mini';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { dynamoDataStore } from '../../aws/dynamodb/data/dynamo-data-store.ts';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import { s3ContentStore } from '../../aws/s3/s3-content-store.ts';

/** Environment variables of every function that creates data objects. */
export const dataVariables = {
  /** Number of days after which a data object expires that is created without an expiry; 0 keeps it forever. */
  DATA_RETENTION_DAYS: z.string().check(z.regex(/^\d{1,5}$/)),
};

/** The ports of every function that handles data objects. The S3 client is loaded at its first use. */
export function dataPorts(table: Table, { BUCKET_NAME }: { readonly BUCKET_NAME: string }) {
  return {
    data: dynamoDataStore(table),
    contents: s3ContentStore({ client: lazyS3Client(), bucketName: BUCKET_NAME }),
  };
}
