import { ApiError, ConnectionError } from './errors.ts';
import { backoffMs, pause } from './pause.ts';

/** Longest time without any response after which a wait gives up, in milliseconds. */
const longestOutageMs = 600_000;

/**
 * Decides whether a wait continues after a failed request. A wait outlives restarts and storms of 503, but not an address at which
 * nothing responds.
 */
export class Outage {
  #sinceMs: number | undefined;
  #failures = 0;

  /** A request succeeded. */
  end(): void {
    this.#sinceMs = undefined;
    this.#failures = 0;
  }

  /**
   * Waits before the next request.
   * @throws the error if a repetition cannot succeed, or if the outage has lasted for ten minutes; the reason of the signal
   */
  async survive(error: unknown, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!isTemporary(error)) throw error;
    const nowMs = performance.now();
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs > longestOutageMs) throw error;
    await pause(backoffMs(this.#failures), signal);
    this.#failures += 1;
  }
}

/** Whether the same request can succeed later. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 429 || [502, 503, 504].includes(error.status);
  return error instanceof ConnectionError;
}
