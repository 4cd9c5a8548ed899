import {
  bulkSubmitMilliseconds,
  durationMilliseconds,
  publishWithoutLogMilliseconds,
} from './assumptions.ts';
import type { CountedJobs, JobKind } from './count-jobs.ts';
import { type BillRow, priceJob } from './price-job.ts';

/** The bills for a million jobs of each kind that is counted. */
export function bills({
  lambda,
  lambdaBulk,
  batch,
  memoryMegabytes,
  hasEventLog,
}: CountedJobs): Readonly<Record<JobKind, readonly BillRow[]>> {
  const alone = hasEventLog
    ? durationMilliseconds
    : { ...durationMilliseconds, 'errand-publish-events': publishWithoutLogMilliseconds };
  const inBulk = { ...alone, 'errand-submit': bulkSubmitMilliseconds };
  return {
    lambda: priceJob(lambda, memoryMegabytes, alone),
    lambdaBulk: priceJob(lambdaBulk, memoryMegabytes, inBulk),
    batch: priceJob(batch, memoryMegabytes, alone),
  };
}
