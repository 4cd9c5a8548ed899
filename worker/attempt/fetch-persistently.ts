import { sleep } from './sleep.ts';

/** The outcome of a request: a response whose status is final, or no response. */
export type FetchOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      /** The target of a 3xx response, for requests that do not follow redirects. */
      readonly location?: string;
    }
  | { readonly kind: 'unanswered'; readonly tries: number; readonly reason: string };

/** A request and its retry settings. */
export interface PersistentRequest {
  readonly url: string;
  readonly init: RequestInit;
  /** Milliseconds between the tries; there is one more try than pauses. */
  readonly pauses: readonly number[];
  /** The timeout of one try, including its response; default 10. */
  readonly tryTimeoutSeconds?: number | undefined;
  /**
   * The maximum `Retry-After` that is respected; default 10, because an error is more useful than a longer
   * wait.
   */
  readonly longestPauseSeconds?: number | undefined;
  /** Cancels the current try and all further tries. */
  readonly cancel?: AbortSignal;
}

/** The default timeout of one try. */
export const defaultTryTimeoutSeconds = 10;

const defaultLongestPauseSeconds = 10;

type Try =
  | FetchOutcome
  | { readonly kind: 'again'; readonly reason: string; readonly requestedPause: number };

/**
 * Fetches a URL, and retries after a lost connection, a timeout of a try (default 10 s), a 408, a 429 and any
 * 5xx. A pause is extended at random by up to 50%, and is never shorter than a `Retry-After` of up to
 * `longestPauseSeconds` (default 10). Never rejects. Reasons contain neither the URL nor headers, because
 * these may be secret.
 */
export async function fetchPersistently(request: PersistentRequest): Promise<FetchOutcome> {
  let reason = '';
  for (const [index, pause] of [...request.pauses, undefined].entries()) {
    const outcome = await tryOnce(request);
    if (outcome.kind !== 'again') return outcome;
    reason = outcome.reason;
    if (request.cancel?.aborted) return { kind: 'unanswered', tries: index + 1, reason: 'cancelled' };
    if (pause !== undefined)
      await sleep(Math.max(pause * (1 + Math.random() / 2), outcome.requestedPause), request.cancel);
  }
  return { kind: 'unanswered', tries: request.pauses.length + 1, reason };
}

async function tryOnce(request: PersistentRequest): Promise<Try> {
  const { url, init, cancel, tryTimeoutSeconds = defaultTryTimeoutSeconds } = request;
  const timeout = AbortSignal.timeout(Math.ceil(tryTimeoutSeconds * 1_000));
  const signal = cancel === undefined ? timeout : AbortSignal.any([timeout, cancel]);
  try {
    const response = await fetch(url, { ...init, signal });
    const { status } = response;
    const text = await response.text();
    if (status >= 500 || status === 408 || status === 429)
      return { kind: 'again', reason: `status ${status}`, requestedPause: requestedPause(response, request) };
    const location = response.headers.get('location');
    return { kind: 'answered', status, text, ...(location === null ? {} : { location }) };
  } catch (error) {
    return { kind: 'again', reason: reasonOf(error, tryTimeoutSeconds), requestedPause: 0 };
  }
}

/** Supports only seconds; a date would require a clock that is synchronized with the server's. */
function requestedPause({ headers }: Response, request: PersistentRequest): number {
  const { longestPauseSeconds = defaultLongestPauseSeconds } = request;
  const seconds = Number(headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, longestPauseSeconds) * 1_000 : 0;
}

function reasonOf(error: unknown, tryTimeoutSeconds: number): string {
  if (!(error instanceof Error)) return 'an unknown error';
  if (error.name === 'TimeoutError') return `no response within ${tryTimeoutSeconds} s`;
  const { cause } = error;
  // Only the code is reported: a message of fetch may contain the URL.
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
