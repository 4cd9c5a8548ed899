import type { Problem } from '../../core/contract/problems/problem-schema.ts';
import type { Access } from './access.ts';
import { ApiError, ConnectionError } from './errors.ts';
import { backoffMs, pause } from './pause.ts';

/** A query; members that are undefined are left out, and lists are joined with commas. */
export type Query = Readonly<
  Record<string, string | number | boolean | Date | readonly string[] | undefined>
>;

/** A call of the API. */
export interface Call {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** Path, such as `/v1/jobs/{id}`, percent-encoded. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Makes a `POST` safe to repeat. */
  readonly idempotencyKey?: string | undefined;
  /** The server may wait this long before it responds. */
  readonly waitSeconds?: number | undefined;
  /** Time limit of the request, if it differs from that of the client. */
  readonly timeoutSeconds?: number | undefined;
  /** False for a `POST` that must not be sent twice; the default is true. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A response with a status below 400. */
export interface Reply<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** JSON; undefined if the response has no body. */
  readonly body: Body;
}

/** How requests are sent. */
export interface TransportOptions {
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** How often a request is repeated after a lost connection or a temporary problem. Default: 6. */
  readonly maxRetries?: number;
  /** Time limit of one request, without the time for which the server was asked to wait. Default: 60. */
  readonly timeoutSeconds?: number;
}

/** Statuses of temporary problems: throttling, and gateways without a working server behind them. */
const temporary = new Set([429, 502, 503, 504]);
const maxRetryAfterSeconds = 60;

/** Sends requests to one service, and repeats those that can succeed later. */
export class Transport {
  readonly #access: Access;
  readonly #fetch: typeof fetch;
  readonly #maxRetries: number;
  readonly #timeoutSeconds: number;

  constructor(access: Access, options: TransportOptions = {}) {
    this.#access = access;
    // A browser's fetch must be called as a function of the global object.
    this.#fetch = options.fetch ?? ((...request) => fetch(...request));
    this.#maxRetries = options.maxRetries ?? 6;
    this.#timeoutSeconds = options.timeoutSeconds ?? 60;
  }

  /** Base URL of the service. */
  get url(): string {
    return this.#access.url;
  }

  /**
   * Sends a call, and repeats it after a lost connection and the statuses 429, 502, 503 and 504, with growing random pauses.
   * @returns the response, whose body is JSON
   * @throws ApiError for any other status of 400 or more; ConnectionError if no response arrives; the reason of the signal
   */
  async call<Body>(call: Call): Promise<Reply<Body>> {
    for (let tries = 0; ; tries += 1) {
      const response = await this.send(call);
      const text = await response.text().catch((error: unknown) => asError(error));
      if (typeof text === 'string') {
        const body = (text === '' ? undefined : JSON.parse(text)) as Body;
        return { status: response.status, headers: response.headers, body };
      }
      // The connection was lost within the body.
      call.signal?.throwIfAborted();
      if (tries >= this.#retriesOf(call)) throw await this.#failure(call, text);
      await pause(backoffMs(tries), call.signal);
    }
  }

  #retriesOf({ isRepeatable }: Call): number {
    return isRepeatable === false ? 0 : this.#maxRetries;
  }

  /** Like `call`, but returns the response as it arrives, for streams. */
  async send(call: Call): Promise<Response> {
    const retries = this.#retriesOf(call);
    for (let tries = 0; ; tries += 1) {
      const outcome = await this.#try(call);
      if (outcome instanceof Response && outcome.status < 400) return outcome;
      const isTemporary = !(outcome instanceof Response) || temporary.has(outcome.status);
      if (!isTemporary || tries >= retries) throw await this.#failure(call, outcome);
      const retryAfter = outcome instanceof Response ? retryAfterSeconds(outcome.headers) : 0;
      await pause(Math.max(backoffMs(tries), 1000 * Math.min(retryAfter, maxRetryAfterSeconds)), call.signal);
    }
  }

  /** The response to a request, or the error of its connection. */
  async #try(call: Call): Promise<Response | Error> {
    const { method, body, idempotencyKey, waitSeconds, headers = {}, signal } = call;
    const timeoutSeconds = call.timeoutSeconds ?? this.#timeoutSeconds;
    const limitMs = Math.ceil(1000 * (timeoutSeconds + (waitSeconds ?? 0)));
    const timeout = AbortSignal.timeout(limitMs);
    const isJson = body !== undefined;
    const all = {
      ...(await this.#access.headers()),
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      ...(waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds.toFixed(1)}` }),
      ...definedMembers(headers),
    };
    try {
      return await this.#fetch(this.#urlOf(call), {
        method,
        headers: all,
        ...(isJson ? { body: JSON.stringify(body) } : {}),
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      return asError(error);
    }
  }

  #urlOf({ path, query = {} }: Call): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      search.set(name, value instanceof Date ? value.toISOString() : String(value)); // a list is joined with commas
    }
    const text = search.toString();
    return `${this.url}${path}${text === '' ? '' : `?${text}`}`;
  }

  async #failure({ method, path }: Call, outcome: Response | Error): Promise<Error> {
    const url = `${this.url}${path}`;
    if (!(outcome instanceof Response))
      return new ConnectionError(`${method} ${url} got no response: ${reasonOf(outcome)}`, {
        cause: outcome,
      });
    const problem = parseProblem(await outcome.text().catch(() => ''));
    return new ApiError({ method, url, status: outcome.status, problem, baseUrl: this.url });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Seconds to wait before the next request, or 0. */
export function retryAfterSeconds(headers: Headers): number {
  return Number(headers.get('retry-after') ?? 0) || 0;
}

function definedMembers(
  members: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** A gateway in front of the API may respond with HTML. */
function parseProblem(text: string): Partial<Problem> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Partial<Problem>) : {};
  } catch {
    return {};
  }
}

/** `fetch` of Node.js reports only "fetch failed"; the reason is its cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
