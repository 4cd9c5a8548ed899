import { fetchPersistently } from './fetch-persistently.ts';

/** The URL and bearer token of the worker routes of an attempt. The token is a secret. */
export type WorkerAccess = {
  readonly url: string;
  readonly token: string;
  /** Identifies the container, because several may be started for one attempt; absent for functions. */
  readonly workerId?: string;
  /** Names of the log of a function's run; absent for containers. */
  readonly invocation?: { readonly requestId: string; readonly group: string; readonly stream: string };
};

/** A request to a worker route; `path` begins with `/` and is appended to the URL of the job. */
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

/** The response of a worker route; `stale` means that this attempt is no longer the current one. */
export type WorkerResponse =
  | { readonly kind: 'accepted'; readonly status: number; readonly text: string; readonly location?: string }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly status: number; readonly slug: string; readonly detail: string }
  | { readonly kind: 'unanswered'; readonly detail: string };

/** Milliseconds between the tries of reports that may be lost, because a later report replaces them. */
export const shortPauses: readonly number[] = [200, 1_000];

/** Milliseconds between the tries of essential requests: about 30 s in total. */
export const longPauses: readonly number[] = [200, 1_000, 3_000, 8_000, 15_000];

/**
 * Calls a worker route of the attempt's job, and retries as `fetchPersistently` does; every request is
 * idempotent. Never rejects; no text in the outcome contains the token.
 */
export async function callWorker(access: WorkerAccess, request: WorkerRequest): Promise<WorkerResponse> {
  const { method = 'POST', path, body, pauses = shortPauses, cancel } = request;
  const { tryTimeoutSeconds, longestPauseSeconds } = request;
  const outcome = await fetchPersistently({
    url: `${access.url}${path}`,
    // A redirect points to a presigned URL, which must not receive the token.
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
  // Not a plain object: this loads the code that fetch needs before the timeout of the first try starts.
  return new Headers({
    authorization: `Bearer ${access.token}`,
    ...(access.workerId === undefined ? {} : { 'errand-worker-id': access.workerId }),
    ...(access.invocation === undefined ? {} : { 'errand-invocation': invocationHeader(access.invocation) }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  });
}

function invocationHeader({ requestId, group, stream }: NonNullable<WorkerAccess['invocation']>): string {
  return `${requestId} ${group} ${stream}`;
}

function refusal(status: number, text: string): WorkerResponse {
  const problem = parseObject(text);
  const type = problem['type'];
  const detail = problem['detail'];
  const slug = typeof type === 'string' ? (type.split('/').at(-1) ?? '') : '';
  if (slug === 'stale-attempt') return { kind: 'stale' };
  return { kind: 'refused', status, slug, detail: typeof detail === 'string' ? detail : `status ${status}` };
}

/** Parses a JSON object; returns an empty object when the text is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // The members of an object may have any type.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
