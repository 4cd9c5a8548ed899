import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DataRepresentation } from '../../core/contract/schemas/data-schemas.ts';
import type { ApiAccess } from '../api-access.ts';
import { callApi } from './call-api.ts';
import { persistently, refusal, TransferError, transfer } from './transfer.ts';

/** Where to save the content of a data object. */
export interface FileDownload {
  readonly id: string;
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Saves the content of a data object as a file, which is replaced if it exists. A cut connection is continued at the first missing byte. The
 * file appears when it is complete; until then its name ends in `.part`. Throws if its size or SHA-256 differs.
 */
export async function downloadTo(api: ApiAccess, { id, path, signal }: FileDownload): Promise<void> {
  const partial = `${path}.part`;
  const { body } = await callApi(api, { method: 'GET', path: `/v1/data/${encodeURIComponent(id)}`, signal });
  const { sizeBytes, checksum } = body as DataRepresentation; // as the contract defines it
  try {
    await rm(partial, { force: true });
    await persistently(signal, () => continueDownload(api, { id, partial, signal }));
    const { size } = await stat(partial);
    if (size !== sizeBytes)
      throw new Error(`The download of ${id} has ${size} bytes instead of ${sizeBytes}`);
    if (checksum?.sha256 !== undefined && checksum.sha256 !== (await sha256Of(partial)))
      throw new Error(`The download of ${id} does not have the SHA-256 of the data object`);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

interface PartialDownload {
  readonly id: string;
  readonly partial: string;
  readonly signal: AbortSignal | undefined;
}

async function continueDownload(api: ApiAccess, { id, partial, signal }: PartialDownload): Promise<void> {
  const call = {
    method: 'GET',
    path: `/v1/data/${encodeURIComponent(id)}/content?redirect=false`,
    signal,
  } as const;
  const { url } = (await callApi(api, call)).body as { url: string }; // as the contract defines it
  const start = (await stat(partial).catch(() => undefined))?.size ?? 0;
  const range = start === 0 ? {} : { range: `bytes=${start}-` };
  const response = await transfer({ method: 'GET', url, headers: range, signal });
  const { statusCode = 500 } = response;
  if (statusCode === 416) return void response.destroy(); // nothing is missing
  if (statusCode !== (start === 0 ? 200 : 206)) {
    response.destroy();
    throw refusal(statusCode, `The download of ${id}`);
  }
  const length = Number(response.headers['content-length']);
  let received = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      received += chunk.length;
      yield chunk;
    }
  };
  await pipeline(response, counted, createWriteStream(partial, { flags: 'a' }), {
    ...(signal ? { signal } : {}),
  });
  if (received !== length) throw new TransferError(`The download of ${id} ended early`, false);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
