import { bulkSubmitMilliseconds, dataWorkerMilliseconds, durationMilliseconds } from './assumptions.ts';
import type { CountedJobs, CountedKind } from './count-jobs.ts';
import { type BillRow, priceJob } from './price-job.ts';

/** The bills for a million jobs or uploads of each kind that is counted. */
export function bills({
  lambda,
  lambdaBulk,
  batch,
  lambdaData,
  upload,
  memoryMegabytes,
}: CountedJobs): Readonly<Record<CountedKind, readonly BillRow[]>> {
  const inBulk = { ...durationMilliseconds, 'errand-submit': bulkSubmitMilliseconds };
  const withContent = { ...durationMilliseconds, 'errand-worker': dataWorkerMilliseconds };
  return {
    lambda: priceJob(lambda, memoryMegabytes),
    lambdaBulk: priceJob(lambdaBulk, memoryMegabytes, inBulk),
    batch: priceJob(batch, memoryMegabytes),
    lambdaData: priceJob(lambdaData, memoryMegabytes, withContent),
    upload: priceJob(upload, memoryMegabytes),
  };
}
