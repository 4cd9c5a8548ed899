import { isOnBatch } from '../model/batch-job-name.ts';
import type { ClaimedJob, Job, Progress } from '../model/job.ts';
import { watchSilence } from '../model/time-limits.ts';
import { touchJob, transitionJob } from '../model/transition-job.ts';
import type { WorkerCaller } from './worker-access.ts';

/** How often a sign of life is kept when no `heartbeatSeconds` says how old it may be. */
const longestPauseMilliseconds = 15_000;
const shortestPauseMilliseconds = 1000;

/**
 * What a report makes of a job whose attempt is the reporter's: it binds the attempt to its worker, begins to run what
 * was scheduled, and keeps when it was heard. Undefined when none of this is worth a write.
 */
export function recordWorkerReport(
  job: ClaimedJob,
  caller: WorkerCaller,
  report: { readonly now: number; readonly progress?: Progress | undefined },
): ClaimedJob | undefined {
  const { now, progress } = report;
  if (job.status === 'aborting') return undefined;
  const bound = bindWorker(job, caller);
  if (bound === job && progress === undefined && !isWorthKeeping(job, now)) return undefined;
  const running = job.status === 'scheduled' ? begun(bound, now) : touchJob(bound, now, {});
  return {
    ...running,
    claim: bound.claim,
    reportedAt: running.updatedAt,
    ...(progress === undefined ? {} : { progress, progressAt: running.updatedAt }),
  };
}

/** The job with its attempt bound to the first worker that spoke for it; the very same job when it was bound before. */
export function bindWorker(job: ClaimedJob, { workerId }: WorkerCaller): ClaimedJob {
  if (workerId === undefined || job.claim.workerId !== undefined) return job;
  const bound = { ...job, claim: { ...job.claim, workerId } };
  // Of two submissions of one attempt the one that is heard of first is the attempt.
  return isOnBatch(job) ? { ...bound, dispatcherId: workerId } : bound;
}

function begun({ waitingReason: _, ...job }: ClaimedJob, now: number): Job {
  const startedAt = Math.max(now, job.updatedAt);
  return watchSilence(transitionJob(job, 'executing', { now: startedAt, change: { startedAt } }));
}

/** The first report always is; then a quarter of the time for which the worker may be silent has to pass. */
function isWorthKeeping({ reportedAt, limits }: ClaimedJob, now: number): boolean {
  if (reportedAt === undefined) return true;
  const quarter = (limits.heartbeatSeconds ?? Number.POSITIVE_INFINITY) * 250;
  const pause = Math.max(shortestPauseMilliseconds, Math.min(longestPauseMilliseconds, quarter));
  return now - reportedAt >= pause;
}
