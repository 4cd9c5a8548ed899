import { fetchPersistently } from './fetch-persistently.ts';

/** Where and with which bearer token an attempt may talk to the worker routes. The token is a secret. */
export type WorkerAccess = {
  readonly url: string;
  readonly token: string;
  /** Which container this is, of those that may have been started for the attempt; functions have none. */
  readonly workerId?: string;
};

/** One request to a worker route; `path` begins with `/` and follows the job's address. */
export interface WorkerRequest {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  readonly idempotencyKey?: string;
  readonly pauses?: readonly number[];
  /** See `PersistentRequest`. */
  readonly tryTimeoutSeconds?: number | undefined;
  /** See `PersistentRequest`. */
  readonly longestPauseSeconds?: number | undefined;
  readonly cancel?: AbortSignal;
}

/** What a worker route said; `stale` means that this attempt is no longer the job's. */
export type WorkerAnswer =
  | { readonly kind: 'accepted'; readonly status: number; readonly text: string; readonly location?: string }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly status: number; readonly slug: string; readonly detail: string }
  | { readonly kind: 'unanswered'; readonly detail: string };

/** Milliseconds between the tries of reports that may get lost: the next one says more. */
export const shortPauses: readonly number[] = [200, 1_000];

/** Milliseconds between the tries of what an attempt cannot do without: about 30 s in all. */
export const longPauses: readonly number[] = [200, 1_000, 3_000, 8_000, 15_000];

/**
 * Calls a worker route of the attempt's job, and tries again as `fetchPersistently` does; every request may come twice
 * without harm. Never rejects; no text of an answer holds the token.
 */
export async function callWorker(access: WorkerAccess, request: WorkerRequest): Promise<WorkerAnswer> {
  const { method = 'POST', path, body, pauses = shortPauses, cancel } = request;
  const { tryTimeoutSeconds, longestPauseSeconds } = request;
  const outcome = await fetchPersistently({
    url: `${access.url}${path}`,
    // A redirect leads to an address that is its own permission, and that must not see the token.
    init: {
      method,
      headers: headersOf(access, request),
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    },
    pauses,
    tryTimeoutSeconds,
    longestPauseSeconds,
    ...(cancel === undefined ? {} : { cancel }),
  });
  if (outcome.kind === 'unanswered')
    return { kind: 'unanswered', detail: `${outcome.tries} tries ended with ${outcome.reason}` };
  if (outcome.status < 400) return { ...outcome, kind: 'accepted' };
  return refusal(outcome.status, outcome.text);
}

function headersOf(access: WorkerAccess, { body, idempotencyKey }: WorkerRequest): Headers {
  // Not a plain object: what fetch needs is loaded here then, before the time of the first try runs.
  return new Headers({
    authorization: `Bearer ${access.token}`,
    ...(access.workerId === undefined ? {} : { 'errand-worker-id': access.workerId }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  });
}

function refusal(status: number, text: string): WorkerAnswer {
  const problem = parseObject(text);
  const type = problem['type'];
  const detail = problem['detail'];
  const slug = typeof type === 'string' ? (type.split('/').at(-1) ?? '') : '';
  if (slug === 'stale-attempt') return { kind: 'stale' };
  return { kind: 'refused', status, slug, detail: typeof detail === 'string' ? detail : `status ${status}` };
}

/** The members of a JSON object; none when the text is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // An object's members may be anything.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
