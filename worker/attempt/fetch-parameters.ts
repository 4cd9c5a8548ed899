import { fetchPersistently } from './fetch-persistently.ts';
import { ServiceFailure } from './service-failure.ts';

/** Milliseconds between the tries of `fetchParameters`; there is one more try than pauses. */
export const fetchPausesMilliseconds: readonly number[] = [100, 500, 2_000];

/**
 * Fetches a job's parameters from their presigned URL; retries as `fetchPersistently` does. Throws a
 * `ServiceFailure` of type `parameters-unavailable`, retryable unless the object does not exist (404) or is
 * not JSON. Messages never contain the URL, because it contains a signature.
 */
export async function fetchParameters(url: string, pauses = fetchPausesMilliseconds): Promise<unknown> {
  const outcome = await fetchPersistently({ url, init: {}, pauses });
  if (outcome.kind === 'unanswered') {
    const detail = `all ${outcome.tries} tries failed, the last with ${outcome.reason}`;
    throw parametersUnavailable(detail, true);
  }
  const { status, text } = outcome;
  // S3 returns 403 for an expired presigned URL; the next attempt receives a new one.
  if (status !== 200)
    throw parametersUnavailable(`the request for them failed with status ${status}`, status !== 404);
  return parseParameters(text);
}

/** Parses the JSON of parameters; throws as `fetchParameters` does, without the text in the message. */
export function parseParameters(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw parametersUnavailable(`the received ${text.length} characters are not JSON`, false);
  }
}

/** Creates the failure of an attempt without parameters; `detail` completes the sentence. */
export function parametersUnavailable(detail: string, retryable: boolean): ServiceFailure {
  return new ServiceFailure(`The parameters could not be read: ${detail}.`, {
    type: 'parameters-unavailable',
    retryable,
  });
}
