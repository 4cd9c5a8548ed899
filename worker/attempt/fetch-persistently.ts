import { sleep } from './sleep.ts';

/** What became of a request: an answer whose status is not worth another try, or none at all. */
export type FetchOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      /** Where a 3xx leads to, for requests that do not follow redirects. */
      readonly location?: string;
    }
  | { readonly kind: 'unanswered'; readonly tries: number; readonly reason: string };

/** A request, and how long to keep at it. */
export interface PersistentRequest {
  readonly url: string;
  readonly init: RequestInit;
  /** Milliseconds between the tries, of which there is one more than there are pauses. */
  readonly pauses: readonly number[];
  /** How long one try may take, its answer included; default 10. */
  readonly tryTimeoutSeconds?: number | undefined;
  /** Longest `Retry-After` that is heeded; default 10: whoever waits longer learns more from an error. */
  readonly longestPauseSeconds?: number | undefined;
  /** Ends everything at once. */
  readonly cancel?: AbortSignal;
}

/** How long one try may take where nothing else is said. */
export const defaultTryTimeoutSeconds = 10;

const defaultLongestPauseSeconds = 10;

type Try =
  | FetchOutcome
  | { readonly kind: 'again'; readonly reason: string; readonly requestedPause: number };

/**
 * Fetches, and tries again after a lost connection, 10 s without a whole answer (or what is given), a 408, a 429 and any 5xx. A pause is as
 * long as given, at random up to a half longer, and never shorter than a `Retry-After` of up to 10 s (or what is given). Never rejects; reasons
 * hold neither address nor headers, as those may be secret.
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

/** Only seconds are understood; a date would need a clock that agrees with the server's. */
function requestedPause({ headers }: Response, request: PersistentRequest): number {
  const { longestPauseSeconds = defaultLongestPauseSeconds } = request;
  const seconds = Number(headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, longestPauseSeconds) * 1_000 : 0;
}

function reasonOf(error: unknown, tryTimeoutSeconds: number): string {
  if (!(error instanceof Error)) return 'an unknown error';
  if (error.name === 'TimeoutError') return `no answer within ${tryTimeoutSeconds} s`;
  const { cause } = error;
  // Only the code is told: a message of fetch may quote the address.
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
