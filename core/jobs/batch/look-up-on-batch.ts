import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { isOnBatch } from '../model/batch-job-name.ts';
import type { Job } from '../model/job.ts';
import { deadlineOf } from '../model/time-limits.ts';
import { logHidden } from '../records/hide-account.ts';
import { carriesOut, hasEndedOnBatch } from './decide-batch-event.ts';
import { type FindBatchJobDeps, findBatchJob } from './find-batch-job.ts';

export interface LookUpOnBatchDeps extends FindBatchJobDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What Batch said of an attempt. `early`: its submission may still be under way, and was not asked for. `unreachable`: Batch
 * could not be asked. `unknown`: it has no job for the attempt, but perhaps a `stray` one of an earlier claim.
 */
export type BatchLookup =
  | { readonly kind: 'early' | 'unreachable' }
  | { readonly kind: 'unknown'; readonly orphan?: BatchJob }
  | { readonly kind: 'found'; readonly batchJob: BatchJob };

/** How long after its claim an attempt may be without a Batch job that we know of. */
export const submissionMilliseconds = 120_000;

/** Since when an attempt must have been submitted, in milliseconds since 1970. */
export function submittedBy(job: Job): number {
  return (job.scheduledAt ?? job.updatedAt) + submissionMilliseconds;
}

/** Asks for an attempt that Batch has or should have; undefined for any other, and for one that nobody has to look at. */
export async function lookUpOnBatch(deps: LookUpOnBatchDeps, job: Job): Promise<BatchLookup | undefined> {
  const now = deps.clock.now();
  if ((job.status !== 'scheduled' && job.status !== 'executing') || !isOnBatch(job)) return undefined;
  if (job.nextCheckAt === undefined || job.nextCheckAt > now) return undefined;
  const isEarly = now < Math.min(submittedBy(job), deadlineOf(job));
  if (job.dispatcherId === undefined && isEarly) return { kind: 'early' };
  try {
    const found = await findBatchJob(deps, job);
    if (found === undefined) return { kind: 'unknown' };
    // What an ended one says is logged where the job takes it in.
    if (!hasEndedOnBatch(found)) logHidden(deps.log, { jobId: job.id }, [found.statusReason]);
    return carriesOut(job, found) ? { kind: 'found', batchJob: found } : { kind: 'unknown', orphan: found };
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('batch-unreachable', { jobId: job.id, error: cause });
    return { kind: 'unreachable' };
  }
}
