import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAccess } from '../api-access.ts';

/** A call of the API of a running Errand. */
export interface ApiCall {
  readonly method: 'DELETE' | 'GET' | 'POST';
  /** Path with query, such as `/v1/data/{id}`. */
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
}

/** A response, whatever its status. */
export interface ApiResponse {
  readonly status: number;
  readonly retryAfterSeconds: number;
  /** JSON; undefined if the response has no body. */
  readonly body: unknown;
}

/** The API refused a call. The message contains what the API reported, with each violation in a line. */
export class ApiError extends Error {
  readonly status: number;
  /** The slug of the problem, such as `data-in-use`. */
  readonly code: string;
  /** What the API reported, without the request. */
  readonly reason: string;
  /** The members of the problem. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor({ method, path }: ApiCall, { status, body }: ApiResponse) {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Problem;
    const { title, detail = title ?? `status ${status}`, errors = [] } = problem;
    const lines = errors.map(({ pointer = '', detail: each = '' }) => `${pointer}: ${each}`);
    // The detail often is the only violation.
    const further = lines.filter((line) => !detail.includes(line)).map((line) => `\n  ${line}`);
    const reason = `${detail}${further.join('')}`;
    super(`${method} ${path.split('?')[0]} failed with status ${status}: ${reason}`);
    this.reason = reason;
    this.status = status;
    this.code = problem.type?.split('/').at(-1) ?? '';
    this.problem = { ...problem };
  }
}

/** The members of a problem (RFC 9457) that an `ApiError` describes. */
interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: ReadonlyArray<{ readonly pointer?: string; readonly detail?: string }>;
}

/** Milliseconds before each further try. */
const pauses = [200, 1_000, 3_000, 10_000] as const;
const tryTimeoutMs = 60_000;

/**
 * Calls the API, and repeats the call after a lost connection, a 429 and a 5xx. Throws an `ApiError` for any other status of
 * 400 or more.
 */
export async function callApi(api: ApiAccess, call: ApiCall): Promise<ApiResponse> {
  for (let tries = 0; ; tries += 1) {
    const pause = pauses[tries];
    const response = await tryOnce(api, call).catch((error: unknown) => {
      call.signal?.throwIfAborted();
      if (pause === undefined) throw new Error(`${api.url} cannot be reached: ${reasonOf(error)}`);
      return undefined;
    });
    if (response !== undefined && response.status < 400) return response;
    const isTemporary = response === undefined || response.status === 429 || response.status >= 500;
    if (response !== undefined && (!isTemporary || pause === undefined)) throw new ApiError(call, response);
    const waitMs = Math.max(pause ?? 0, Math.min(response?.retryAfterSeconds ?? 0, 30) * 1_000);
    await sleep(waitMs, undefined, call.signal === undefined ? {} : { signal: call.signal });
  }
}

async function tryOnce(
  api: ApiAccess,
  { method, path, body, idempotencyKey, signal }: ApiCall,
): Promise<ApiResponse> {
  const timeout = AbortSignal.timeout(tryTimeoutMs);
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: {
      'x-api-key': api.apiKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
  });
  const text = await response.text();
  return {
    status: response.status,
    retryAfterSeconds: Number(response.headers.get('retry-after') ?? 0) || 0,
    body: text === '' ? undefined : parseJson(text),
  };
}

/** A gateway in front of the API may respond with HTML. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` reports only "fetch failed"; the reason is its cause. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return cause instanceof Error ? cause.message : String(error);
}
