import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AccessControl, AwsRequest, AwsService, CloudModel, Part } from '../cloud.ts';
import { s3Checks } from './access-checks.ts';
import { completeUpload } from './complete-upload.ts';
import { bucketPageAccess } from './cors/page-access.ts';
import { withHoistedHeaders } from './hoisted-headers.ts';
import { applyLifecycle, lifecycleRules } from './lifecycle.ts';
import { listObjects } from './list-objects.ts';
import { openObjectStore, removeStrayBlobs } from './object-store.ts';
import { getObject, headObject } from './read-object.ts';
import type { S3Context, S3Handler } from './s3-context.ts';
import { type S3OperationName, type S3Request, s3Operation } from './s3-operation.ts';
import { abortUpload, createUpload, listParts, uploadPart } from './upload-parts.ts';
import { openUploadStore } from './upload-store.ts';
import { deleteObject, deleteObjects, putObject, requireBucket } from './write-object.ts';

/** Options of S3. */
export interface S3Options {
  readonly model: CloudModel;
  readonly access: AccessControl;
  /** Root of the data folder; objects are in `s3/` below it. */
  readonly dataDirectory: string;
  /** Called for a failure of the lifecycle rules, which run in the background. */
  readonly onFailure?: (error: unknown) => void;
  /** Time in epoch milliseconds; the system's clock by default. */
  readonly now?: () => number;
  /** Milliseconds between two runs of the lifecycle rules; an hour by default. They also run at the start. */
  readonly lifecycleIntervalMs?: number;
}

/** The running buckets. */
export interface S3 extends Part {
  readonly service: AwsService;
  /** Writes an object for the runtime itself; the caller has checked permission. */
  putObject(bucket: string, key: string, body: Buffer | string): Promise<void>;
}

const hourMs = 60 * 60 * 1000;

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
  const resources = options.model.ofType('AWS::S3::Bucket');
  const buckets = new Set(resources.map((bucket) => bucket.ref));
  const context: S3Context = {
    store,
    uploads,
    completing: new Map(),
    now: options.now ?? Date.now,
    hasBucket: (name) => buckets.has(name),
    mayList: (request, bucket) => mayList(options.access, request, bucket),
  };

  const stopLifecycle = startLifecycle(options, context);

  async function handle(received: AwsRequest) {
    const request = withHoistedHeaders(received);
    const operation = s3Operation(request);
    requireBucket(operation.bucket, context);
    const response = await handlers[operation.name](operation, request, context);
    return { ...response, headers: { ...response.headers, 'x-amz-request-id': randomUUID() } };
  }

  const pageAccess = bucketPageAccess(resources);
  return {
    service: { signingName: 's3', checks: s3Checks, handle, streamsBody, pageAccess },
    async putObject(bucket, key, body) {
      const url = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
      const bytes = Buffer.from(body);
      await handle({ method: 'PUT', url, headers: {}, body: bytes, principal: { kind: 'operator' } });
    },
    async stop() {
      stopLifecycle();
      store.close();
    },
  };
}

/** Runs the lifecycle rules now and then regularly, until the returned function is called. */
function startLifecycle(options: S3Options, context: S3Context): () => void {
  const rules = options.model.ofType('AWS::S3::Bucket').flatMap(lifecycleRules);
  const run = () => {
    try {
      applyLifecycle(rules, context);
      context.uploads.forgetCompleted();
    } catch (error) {
      options.onFailure?.(error);
    }
  };
  run();
  const timer = setInterval(run, options.lifecycleIntervalMs ?? hourMs).unref();
  return () => clearInterval(timer);
}

/** Objects and parts can be larger than memory. */
function streamsBody(request: S3Request): boolean {
  try {
    return ['PutObject', 'UploadPart'].includes(s3Operation(request).name);
  } catch {
    return false;
  }
}

function mayList(access: AccessControl, request: AwsRequest, bucket: string): boolean {
  try {
    access.require(request.principal, { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` });
    return true;
  } catch {
    return false;
  }
}
