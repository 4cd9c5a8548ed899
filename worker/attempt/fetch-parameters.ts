import { fetchPersistently } from './fetch-persistently.ts';
import { ServiceFailure } from './service-failure.ts';

/** Pauses between the tries of `fetchParameters`, in milliseconds: one try more than there are pauses. */
export const fetchPausesMilliseconds: readonly number[] = [100, 500, 2_000];

/**
 * Gets a job's parameters from their presigned address; tries again as `fetchPersistently` does. Throws a
 * `ServiceFailure` of type `parameters-unavailable`, retryable unless the object is gone (404) or is no JSON. Messages
 * never show the address, because it holds a signature.
 */
export async function fetchParameters(url: string, pauses = fetchPausesMilliseconds): Promise<unknown> {
  const outcome = await fetchPersistently({ url, init: {}, pauses });
  if (outcome.kind === 'unanswered') {
    const detail = `${outcome.tries} tries ended without them, the last with ${outcome.reason}`;
    throw parametersUnavailable(detail, true);
  }
  const { status, text } = outcome;
  // A presigned address that has expired is answered with 403; the next attempt gets a fresh one.
  if (status !== 200)
    throw parametersUnavailable(`their address was answered with status ${status}`, status !== 404);
  return parseParameters(text);
}

/** Parses the JSON of parameters; throws as `fetchParameters` does, without showing the text. */
export function parseParameters(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw parametersUnavailable(`the ${text.length} characters found are no JSON`, false);
  }
}

/** The failure of an attempt that has no parameters; `detail` ends a sentence. */
export function parametersUnavailable(detail: string, retryable: boolean): ServiceFailure {
  return new ServiceFailure(`The parameters could not be read: ${detail}.`, {
    type: 'parameters-unavailable',
    retryable,
  });
}
