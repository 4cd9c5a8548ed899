import { ErrandError } from '../api/errors.ts';
import type { Transport } from '../api/transport.ts';
import type { JobDocument } from './job-document.ts';

/** The response to `GET /v1/jobs/{id}/result?redirect=false`. */
interface Result {
  readonly result?: unknown;
  /** Presigned; only of a result that is above 1 MiB or not plain JSON. */
  readonly url?: string;
}

/**
 * Returns the result of a job that has succeeded: a JSON value; text for other media types of text; otherwise a `Uint8Array`.
 */
export async function readResult(
  transport: Transport,
  document: JobDocument,
  signal?: AbortSignal,
): Promise<unknown> {
  if ('result' in document) return document.result;
  const { body } = await transport.call<Result>({
    method: 'GET',
    path: `/v1/jobs/${encodeURIComponent(document.id)}/result`,
    query: { redirect: false },
    signal,
  });
  if (body.url === undefined) return body.result;
  const response = await fetch(body.url, signal === undefined ? {} : { signal });
  if (!response.ok)
    throw new ErrandError(`The result of job ${document.id} cannot be downloaded: status ${response.status}`);
  const mediaType = response.headers.get('content-type') ?? '';
  if (/^application\/(?:[^;]*\+)?json\b/.test(mediaType)) return response.json();
  return mediaType.startsWith('text/') ? response.text() : new Uint8Array(await response.arrayBuffer());
}
