import type { Random } from '../../../core/ports/random.ts';
import { jobIdAt } from './job-id.ts';

/** Unique ids and secrets in a fixed order; fractions as given. */
export function countingRandom(fraction: () => number): Random {
  let count = 0n;
  const next = () => {
    count += 1n;
    return count;
  };
  return {
    jobId: (now) => jobIdAt(now, next()),
    secret: () => `secret-${next()}`,
    fraction,
  };
}
