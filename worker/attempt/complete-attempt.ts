import type { Attempt } from './attempt.ts';
import { longPauses, parseObject, type WorkerResponse } from './call-worker.ts';
import { fetchPersistently } from './fetch-persistently.ts';
import { endingTimeout, withHeartbeat } from './heartbeat.ts';
import { ServiceFailure } from './service-failure.ts';

const mediaType = 'application/json';

/** Enough for 5 GB at 20 MB/s; the upload URL is valid longer. */
const uploadTimeoutSeconds = 300;

/**
 * A result as JSON text, and the maximum size to send it in the report itself; a larger result is uploaded
 * first.
 */
export interface JsonResult {
  readonly json: string;
  readonly maxInlineBytes: number;
  /** The heartbeat interval during the upload, which may take longer than the heartbeat timeout. */
  readonly heartbeatEverySeconds?: number | undefined;
}

/**
 * Ends the attempt with its result. `stale` means that the attempt had ended already, so that nothing needs
 * to be done. Throws a `ServiceFailure`: `result-refused` (not retryable), `result-not-delivered`
 * (retryable).
 */
export async function completeAttempt(attempt: Attempt, result: JsonResult): Promise<'accepted' | 'stale'> {
  const { json, maxInlineBytes } = result;
  const sizeBytes = Buffer.byteLength(json);
  let body = `{"result":${json}}`;
  if (sizeBytes > maxInlineBytes) {
    const resultReference = await upload(attempt, result, sizeBytes);
    if (resultReference === 'stale') return 'stale';
    body = JSON.stringify({ resultReference: resultReference.reference, mediaType });
  }
  const tryTimeoutSeconds = endingTimeout(result.heartbeatEverySeconds);
  const response = await attempt.call({ path: '/complete', body, pauses: longPauses, tryTimeoutSeconds });
  if (response.kind === 'accepted' || response.kind === 'stale') return response.kind;
  throw notCompleted(response);
}

async function upload(attempt: Attempt, { json, heartbeatEverySeconds }: JsonResult, sizeBytes: number) {
  const body = JSON.stringify({ mediaType, sizeBytes });
  const tryTimeoutSeconds = endingTimeout(heartbeatEverySeconds);
  const response = await attempt.call({
    path: '/result-upload',
    body,
    pauses: longPauses,
    tryTimeoutSeconds,
  });
  if (response.kind === 'stale') return 'stale';
  if (response.kind !== 'accepted') throw notCompleted(response);
  const { uploadUrl, reference } = parseObject(response.text);
  if (typeof uploadUrl !== 'string' || typeof reference !== 'string')
    throw notDelivered('the response contains no upload URL');
  await withHeartbeat(attempt, heartbeatEverySeconds, () => put(uploadUrl, json));
  return { reference };
}

async function put(url: string, json: string): Promise<void> {
  const outcome = await fetchPersistently({
    url,
    init: { method: 'PUT', headers: { 'content-type': mediaType }, body: json },
    pauses: longPauses,
    tryTimeoutSeconds: uploadTimeoutSeconds,
  });
  if (outcome.kind === 'unanswered') throw notDelivered(`its upload ended with ${outcome.reason}`);
  if (outcome.status >= 300) throw notDelivered(`its upload failed with status ${outcome.status}`);
}

function notCompleted(response: Exclude<WorkerResponse, { kind: 'accepted' | 'stale' }>): ServiceFailure {
  if (response.kind === 'unanswered') return notDelivered(response.detail);
  return new ServiceFailure(`The result was refused: ${response.detail}`, { type: 'result-refused' });
}

function notDelivered(detail: string): ServiceFailure {
  return new ServiceFailure(`The result was not delivered: ${detail}`, {
    type: 'result-not-delivered',
    retryable: true,
  });
}
