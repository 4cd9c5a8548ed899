import { ServiceFailure } from './service-failure.ts';

/** Pauses between the tries of `fetchParameters`, in milliseconds: one try more than there are pauses. */
export const fetchPausesMilliseconds: readonly number[] = [100, 500, 2_000];

const tryTimeoutSeconds = 10;

type Try =
  | { readonly kind: 'body'; readonly text: string }
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'refused'; readonly status: number };

/**
 * Gets a job's parameters from their presigned address; tries again after a lost connection, a timeout of 10 s, a 408,
 * a 429 and any 5xx. Throws a `ServiceFailure` of type `parameters-unavailable`, retryable unless the object is gone
 * (404) or is no JSON. Messages never show the address, because it holds a signature.
 */
export async function fetchParameters(url: string, pauses = fetchPausesMilliseconds): Promise<unknown> {
  let reason = '';
  for (const pause of [...pauses, undefined]) {
    const outcome = await tryOnce(url);
    if (outcome.kind === 'body') return parse(outcome.text);
    if (outcome.kind === 'refused') throw refused(outcome.status);
    reason = outcome.reason;
    if (pause !== undefined) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw unavailable(`${pauses.length + 1} tries ended without them, the last with ${reason}`, true);
}

async function tryOnce(url: string): Promise<Try> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(tryTimeoutSeconds * 1_000) });
    if (response.ok) return { kind: 'body', text: await response.text() };
    await response.body?.cancel();
    const again = response.status >= 500 || response.status === 408 || response.status === 429;
    return again
      ? { kind: 'again', reason: `status ${response.status}` }
      : { kind: 'refused', status: response.status };
  } catch (error) {
    return { kind: 'again', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  if (error.name === 'TimeoutError') return `no answer within ${tryTimeoutSeconds} s`;
  const { cause } = error;
  // Only the code is told: a message of fetch may quote the address.
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unavailable(`the ${text.length} characters found are no JSON`, false);
  }
}

/** A presigned address that has expired is answered with 403; the next attempt gets a fresh one. */
function refused(status: number): ServiceFailure {
  return unavailable(`their address was answered with status ${status}`, status !== 404);
}

function unavailable(detail: string, retryable: boolean): ServiceFailure {
  return new ServiceFailure(`The parameters could not be read: ${detail}.`, {
    type: 'parameters-unavailable',
    retryable,
  });
}
