import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceCall, ServiceFailure } from 'errand/worker';

/** The service's parameters, see `service.json`. */
export type FlakyParameters = {
  readonly failures: number;
  readonly kind: 'throw' | 'timeout' | 'memory';
};

/** The maximum run time of a Lambda function: an attempt that waits this long has certainly timed out. */
const longestRunSeconds = 900;

/** Fails while the job's attempt is no later than `failures`; then returns which attempt it is. */
export async function failFirst({
  parameters: { failures, kind },
  job: { attempt },
  signal,
}: Pick<ServiceCall<FlakyParameters>, 'parameters' | 'job' | 'signal'>): Promise<{
  readonly attempt: number;
}> {
  if (attempt > failures) return { attempt };
  if (kind === 'timeout') await sleep(longestRunSeconds * 1_000, undefined, { signal });
  if (kind === 'memory') fillMemory();
  throw new ServiceFailure(`Attempt ${attempt} of ${failures} that fail failed on purpose.`, {
    type: 'flaky',
    retryable: true,
  });
}

/** Never returns: the heap grows until the runtime ends the process. */
function fillMemory(): never {
  const hoard: number[][] = [];
  // Numbers with a fraction, and different ones, so that nothing is shared or packed.
  for (;;) hoard.push(Array.from({ length: 100_000 }, (_, index) => hoard.length + index / 7));
}
