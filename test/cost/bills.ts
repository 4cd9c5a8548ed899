import { bulkSubmitMilliseconds, durationMilliseconds } from './assumptions.ts';
import type { CountedJobs, JobKind } from './count-jobs.ts';
import { type BillRow, priceJob } from './price-job.ts';

/** The bills for a million jobs of each kind that is counted. */
export function bills({
  lambda,
  lambdaBulk,
  batch,
  memoryMegabytes,
}: CountedJobs): Readonly<Record<JobKind, readonly BillRow[]>> {
  const inBulk = { ...durationMilliseconds, 'errand-submit': bulkSubmitMilliseconds };
  return {
    lambda: priceJob(lambda, memoryMegabytes),
    lambdaBulk: priceJob(lambdaBulk, memoryMegabytes, inBulk),
    batch: priceJob(batch, memoryMegabytes),
  };
}
