import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AccessControl, AwsRequest, AwsService, CloudModel, Part } from '../cloud.ts';
import { s3Checks } from './access-checks.ts';
import { listObjects } from './list-objects.ts';
import { abortUpload, completeUpload, createUpload, listParts, uploadPart } from './multipart.ts';
import { openObjectStore, removeStrayBlobs } from './object-store.ts';
import { getObject, headObject } from './read-object.ts';
import type { S3Context, S3Handler } from './s3-context.ts';
import { type S3OperationName, s3Operation } from './s3-operation.ts';
import { openUploadStore } from './upload-store.ts';
import { deleteObject, deleteObjects, putObject, requireBucket } from './write-object.ts';

/** Options of S3. */
export interface S3Options {
  readonly model: CloudModel;
  readonly access: AccessControl;
  /** Root of the data folder; objects are in `s3/` below it. */
  readonly dataDirectory: string;
}

/** The running buckets. */
export interface S3 extends Part {
  readonly service: AwsService;
  /** Writes an object for the runtime itself; the caller has checked permission. */
  putObject(bucket: string, key: string, body: Buffer | string): Promise<void>;
}

const handlers: Readonly<Record<S3OperationName, S3Handler>> = {
  GetObject: getObject,
  HeadObject: headObject,
  PutObject: putObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjectsV2: listObjects,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  ListParts: listParts,
};

/**
 * Opens the app's buckets on disk. Requests are path style. Acknowledged writes survive the end of the
 * process. The condition of a conditional write is checked atomically with the write.
 */
export function startS3(options: S3Options): S3 {
  const store = openObjectStore(join(options.dataDirectory, 's3'));
  const uploads = openUploadStore(store);
  removeStrayBlobs(store, uploads.ownedBlobs());
  const buckets = new Set(options.model.ofType('AWS::S3::Bucket').map((bucket) => bucket.ref));
  const context: S3Context = {
    store,
    uploads,
    hasBucket: (name) => buckets.has(name),
    mayList: (request, bucket) => mayList(options.access, request, bucket),
  };

  async function handle(request: AwsRequest) {
    const operation = s3Operation(request);
    requireBucket(operation.bucket, context);
    const response = await handlers[operation.name](operation, request, context);
    return { ...response, headers: { ...response.headers, 'x-amz-request-id': randomUUID() } };
  }

  return {
    service: { signingName: 's3', checks: s3Checks, handle },
    async putObject(bucket, key, body) {
      const url = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
      const bytes = Buffer.from(body);
      await handle({ method: 'PUT', url, headers: {}, body: bytes, principal: { kind: 'operator' } });
    },
    async stop() {
      store.close();
    },
  };
}

function mayList(access: AccessControl, request: AwsRequest, bucket: string): boolean {
  try {
    access.require(request.principal, { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` });
    return true;
  } catch {
    return false;
  }
}
