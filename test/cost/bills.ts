import {
  bulkSubmitMilliseconds,
  dataWorkerMilliseconds,
  durationMilliseconds,
  publishWithoutLogMilliseconds,
} from './assumptions.ts';
import type { CountedJobs, CountedKind } from './count-jobs.ts';
import { type BillRow, priceJob } from './price-job.ts';

/** The bills for a million jobs or uploads of each kind that is counted. */
export function bills({
  lambda,
  lambdaGroup,
  lambdaBulk,
  batch,
  lambdaData,
  upload,
  memoryMegabytes,
  hasEventLog,
}: CountedJobs): Readonly<Record<CountedKind, readonly BillRow[]>> {
  const alone = hasEventLog
    ? durationMilliseconds
    : { ...durationMilliseconds, 'errand-publish-events': publishWithoutLogMilliseconds };
  const inBulk = { ...alone, 'errand-submit': bulkSubmitMilliseconds };
  const withContent = { ...alone, 'errand-worker': dataWorkerMilliseconds };
  return {
    lambda: priceJob(lambda, memoryMegabytes, alone),
    lambdaGroup: priceJob(lambdaGroup, memoryMegabytes, alone),
    lambdaBulk: priceJob(lambdaBulk, memoryMegabytes, inBulk),
    batch: priceJob(batch, memoryMegabytes, alone),
    lambdaData: priceJob(lambdaData, memoryMegabytes, withContent),
    upload: priceJob(upload, memoryMegabytes, alone),
  };
}
