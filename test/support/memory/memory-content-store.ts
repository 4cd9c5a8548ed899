import { contentDisposition } from '../../../aws/s3/content-disposition.ts';
import type { ContentStore, PartsCompletion, PartsOutcome } from '../../../core/ports/data/content-store.ts';
import {
  checkWhole,
  describeBytes,
  etagOf,
  join,
  type StoredContent,
  type StoredUpload,
  sha256Header,
  sha256Of,
} from './memory-content.ts';
import {
  contentResponse,
  failedResponse,
  type MemoryUrl,
  readMemoryUrl,
  toMemoryUrl,
} from './memory-content-urls.ts';

/** Smallest size of all parts but the last one (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
const defaultMinPartBytes = 5 * 1024 * 1024;

interface MemoryContentStore extends ContentStore {
  /** Sends the request of a client to a URL that this store presigned, like the global `fetch`. */
  fetch(
    url: string,
    init?: Pick<RequestInit, 'method' | 'headers'> & { body?: Uint8Array },
  ): Promise<Response>;
  /** The keys of the stored content. */
  keys(): readonly string[];
  bytesOf(key: string): Uint8Array | undefined;
  /** The IDs of the uploads in parts that were neither completed nor aborted. */
  uploadIds(): readonly string[];
  /** Stores content, as a completed upload does. */
  putBytes(key: string, bytes: Uint8Array): void;
  /** The next `count` completions return `pending`; `joined` ones have stored the content nevertheless. */
  delayCompletions(count: number, effect?: 'joined' | 'waiting'): void;
}

/**
 * The in-memory content store. With a `clock` its URLs expire; `minPartBytes` replaces the minimum size of parts (5 MiB).
 */
export function memoryContentStore(
  options: { readonly clock?: { now(): number }; readonly minPartBytes?: number } = {},
): MemoryContentStore {
  const { clock = { now: () => 0 }, minPartBytes = defaultMinPartBytes } = options;
  const contents = new Map<string, StoredContent>();
  const uploads = new Map<string, StoredUpload>();
  let begun = 0;
  let delayed = { count: 0, effect: 'waiting' };
  const expiry = (lifetimeSeconds: number) => clock.now() + lifetimeSeconds * 1000;

  const put = (url: MemoryUrl, bytes: Uint8Array, headers: Headers): Response => {
    if (url.sizeBytes !== undefined && bytes.length !== url.sizeBytes) return failedResponse(403);
    if (url.uploadId !== undefined) return putPart(url, bytes);
    if (headers.get('if-none-match') !== '*') return failedResponse(403);
    if ((headers.get('x-amz-checksum-sha256') ?? undefined) !== sha256Header(url.sha256))
      return failedResponse(403);
    if (contents.has(url.key)) return failedResponse(412);
    if (url.sha256 !== undefined && sha256Of(bytes) !== url.sha256) return failedResponse(400);
    contents.set(url.key, describeBytes(bytes, url.sha256));
    return new Response(null, { headers: { etag: `"${etagOf(bytes)}"` } });
  };
  const putPart = ({ key, uploadId = '', partNumber = 0 }: MemoryUrl, bytes: Uint8Array): Response => {
    const upload = uploads.get(uploadId);
    if (upload?.key !== key) return failedResponse(404);
    upload.parts.set(partNumber, { bytes, etag: etagOf(bytes) });
    return new Response(null, { headers: { etag: `"${etagOf(bytes)}"` } });
  };
  const complete = (key: string, uploadId: string, completion: PartsCompletion): PartsOutcome => {
    const upload = uploads.get(uploadId);
    if (upload?.key !== key) return 'missing-upload';
    if (contents.has(key)) return 'completed';
    const whole = join(upload, completion, minPartBytes);
    if (whole === undefined) return 'invalid-parts';
    const outcome = checkWhole(whole, completion);
    if (outcome !== 'completed') return outcome;
    contents.set(key, whole);
    uploads.delete(uploadId);
    return 'completed';
  };

  return {
    presignUpload: async (key, { sizeBytes, sha256 }, lifetimeSeconds) => ({
      url: toMemoryUrl({ key, sizeBytes, sha256, expiresAt: expiry(lifetimeSeconds) }),
      headers: {
        'content-length': String(sizeBytes),
        'if-none-match': '*',
        ...(sha256 === undefined ? {} : { 'x-amz-checksum-sha256': sha256Header(sha256) ?? '' }),
      },
    }),
    async beginParts(key) {
      begun += 1;
      uploads.set(`upload-${begun}`, { key, parts: new Map() });
      return `upload-${begun}`;
    },
    presignParts: async (key, uploadId, { parts, lifetimeSeconds }) =>
      parts.map(({ number: partNumber, sizeBytes }) =>
        toMemoryUrl({ key, uploadId, partNumber, sizeBytes, expiresAt: expiry(lifetimeSeconds) }),
      ),
    async listParts(key, uploadId, { after, limit }) {
      const upload = uploads.get(uploadId);
      if (upload?.key !== key) return undefined;
      const found = [...upload.parts]
        .filter(([number]) => number > after)
        .sort(([left], [right]) => left - right)
        .map(([number, { bytes, etag }]) => ({ number, sizeBytes: bytes.length, etag }));
      const parts = found.slice(0, limit);
      const last = parts.at(-1);
      return { parts, ...(last !== undefined && found.length > limit ? { nextAfter: last.number } : {}) };
    },
    async completeParts(key, uploadId, completion) {
      if (delayed.count === 0) return complete(key, uploadId, completion);
      delayed = { ...delayed, count: delayed.count - 1 };
      if (delayed.effect === 'joined') complete(key, uploadId, completion);
      return 'pending';
    },
    async abortParts(key, uploadId) {
      if (uploads.get(uploadId)?.key === key) uploads.delete(uploadId);
    },
    async describe(key) {
      const content = contents.get(key);
      if (content === undefined) return undefined;
      const { bytes: _, ...description } = content;
      return description;
    },
    presignDownload: async (key, { lifetimeSeconds, mediaType, fileName, isInline }) =>
      toMemoryUrl({
        key,
        mediaType,
        disposition: contentDisposition(fileName, isInline),
        expiresAt: expiry(lifetimeSeconds),
      }),
    async remove(key) {
      contents.delete(key);
    },
    async fetch(url, { method = 'GET', headers = {}, body = new Uint8Array() } = {}) {
      const target = readMemoryUrl(url);
      const isDownload = target.disposition !== undefined;
      if (clock.now() >= target.expiresAt || method !== (isDownload ? 'GET' : 'PUT'))
        return failedResponse(403);
      if (!isDownload) return put(target, body, new Headers(headers));
      return contentResponse(target, contents.get(target.key)?.bytes, new Headers(headers));
    },
    keys: () => [...contents.keys()],
    bytesOf: (key) => contents.get(key)?.bytes,
    uploadIds: () => [...uploads.keys()],
    putBytes: (key, bytes) => void contents.set(key, describeBytes(bytes)),
    delayCompletions(count, effect = 'waiting') {
      delayed = { count, effect };
    },
  };
}
