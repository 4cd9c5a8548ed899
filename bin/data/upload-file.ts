import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mime from 'mime';
import type { DataRepresentation } from '../../core/contract/schemas/data-schemas.ts';
import type { ApiAccess } from '../api-access.ts';
import { callApi } from './call-api.ts';
import { readRange } from './put-range.ts';
import type { UploadContext } from './upload-context.ts';
import { crc64Of, uploadParts } from './upload-parts.ts';
import { uploadWhole } from './upload-whole.ts';

/** A file to upload as a data object. */
export interface FileUpload {
  readonly path: string;
  /** Default: the name of the file. */
  readonly name?: string | undefined;
  /** Default: according to the extension of the file, otherwise `application/octet-stream`. */
  readonly mediaType?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /**
   * Idempotency key of the creation, by default a new one. Another upload of the same file with the same key continues one that was
   * interrupted, and sends only what is missing; if it was complete, nothing is sent.
   */
  readonly idempotencyKey?: string | undefined;
  onProgress?(progress: UploadProgress): void;
  readonly signal?: AbortSignal | undefined;
}

/** The progress of an upload. A part that has to be sent again is subtracted. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** Up to this size, an upload is a single PUT, whose SHA-256 S3 checks. */
const maxSingleBytes = 100_000_000;
/** S3 joins the largest objects within minutes. */
const completionTimeoutMs = 30 * 60_000;

/** The data object of an earlier upload with the same key cannot be used for the file: upload it with another key. */
export class UploadEndedError extends Error {}

/**
 * Uploads a file of any size in bounded memory, and returns the ID of the data object. Failed requests are repeated, with fresh
 * URLs. Throws if the file changes meanwhile or the stored content differs from it, and an `UploadEndedError` if an earlier upload with
 * the same key was not completed in time.
 */
export async function uploadFile(api: ApiAccess, upload: FileUpload): Promise<string> {
  const { path, signal } = upload;
  const file = await open(path);
  try {
    const { size: sizeBytes, mtimeMs } = await file.stat();
    const data = await create(api, upload, await describe(file, upload, sizeBytes));
    if (data.status === 'failed')
      throw new UploadEndedError(`The upload of ${data.id} was not completed in time: upload ${path} again`);
    let sentBytes = 0;
    const sent = (bytes: number): void => {
      sentBytes += bytes;
      upload.onProgress?.({ sentBytes, totalBytes: sizeBytes });
    };
    const context: UploadContext = { api, file, id: data.id, sizeBytes, sent, signal };
    const completion =
      data.status === 'available' ? await compareContent(context) : await send(context, data);
    const { mtimeMs: after } = await file.stat();
    if (after !== mtimeMs) throw new Error(`${path} was changed while it was uploaded: upload it again`);
    await complete(context, completion);
    return data.id;
  } finally {
    await file.close();
  }
}

/** Sends what is missing. Returns the body of the completion. */
function send(context: UploadContext, { upload }: DataRepresentation): Promise<object> {
  return upload !== undefined && 'url' in upload ? uploadWhole(context, upload) : uploadParts(context);
}

/**
 * Returns the body with which a repeated completion confirms that available content is that of the file. The SHA-256 of a smaller file
 * is part of the creation, which its key can only repeat with the same SHA-256.
 */
async function compareContent(context: UploadContext): Promise<object> {
  const { sizeBytes } = context;
  const body = sizeBytes <= maxSingleBytes ? {} : { crc64nvme: await crc64Of(context) };
  context.sent(sizeBytes);
  return body;
}

async function describe(file: FileHandle, upload: FileUpload, sizeBytes: number): Promise<object> {
  const { path, name = basename(path), tags } = upload;
  const mediaType = upload.mediaType ?? mime.getType(path) ?? 'application/octet-stream';
  const sha256 = sizeBytes <= maxSingleBytes ? await sha256Of(file, sizeBytes) : undefined;
  return {
    name,
    mediaType,
    sizeBytes,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(tags === undefined ? {} : { tags }),
  };
}

async function sha256Of(file: FileHandle, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readRange(file, { start: 0, end: sizeBytes })) hash.update(chunk);
  return hash.digest('hex');
}

async function create(
  api: ApiAccess,
  { idempotencyKey = randomUUID(), signal }: FileUpload,
  body: object,
): Promise<DataRepresentation> {
  const response = await callApi(api, { method: 'POST', path: '/v1/data', body, idempotencyKey, signal });
  return response.body as DataRepresentation; // as the contract defines it
}

/** Completes the upload. S3 may need some time to join the parts, and the call is repeated until then. */
async function complete({ api, id, sizeBytes, signal }: UploadContext, body: object): Promise<void> {
  const deadline = performance.now() + completionTimeoutMs;
  const path = `/v1/data/${id}/complete`;
  for (;;) {
    const response = await callApi(api, { method: 'POST', path, body, signal });
    if (response.status !== 202) {
      const data = response.body as DataRepresentation; // as the contract defines it
      if (data.sizeBytes === undefined || data.sizeBytes === sizeBytes) return;
      throw new Error(`The data object ${id} has ${data.sizeBytes} bytes, but the file has ${sizeBytes}`);
    }
    if (performance.now() > deadline)
      throw new Error(`The upload of ${id} was not completed within ${completionTimeoutMs / 60_000} min`);
    await sleep(
      Math.max(response.retryAfterSeconds, 1) * 1_000,
      undefined,
      signal === undefined ? {} : { signal },
    );
  }
}
