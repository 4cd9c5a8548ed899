import { setTimeout as sleep } from 'node:timers/promises';

const firstBoundMilliseconds = 25;
const maxBoundMilliseconds = 2000;

/**
 * Waits before the retry with this number, from 1: evenly from 0 to a bound that begins at 25 ms and doubles up
 * to 2 s (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export async function backoff(retry: number): Promise<void> {
  const bound = Math.min(firstBoundMilliseconds * 2 ** (retry - 1), maxBoundMilliseconds);
  await sleep(Math.random() * bound);
}
