import { setTimeout as sleep } from 'node:timers/promises';

const initialBoundMs = 25;
const maxBoundMs = 2000;

/**
 * Waits before the retry with this number, counted from 1. The delay is random, uniformly from 0 to a bound
 * that starts at 25 ms and doubles up to 2 s
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export async function backoff(retry: number): Promise<void> {
  const boundMs = Math.min(initialBoundMs * 2 ** (retry - 1), maxBoundMs);
  await sleep(Math.random() * boundMs);
}
