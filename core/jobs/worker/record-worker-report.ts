import { withInvocation } from '../model/invocation.ts';
import { isOnBatch } from '../model/is-on-batch.ts';
import type { ClaimedJob, Job, Progress } from '../model/job.ts';
import { withHeartbeatCheck } from '../model/time-limits.ts';
import { transitionJob, withWrite } from '../model/transition-job.ts';
import type { WorkerCaller } from './worker-access.ts';

/**
 * The longest pause between two recorded reports: for a job without `heartbeatSeconds`, or with more than 60.
 */
const maxPauseMs = 15_000;
/** The shortest pause between two recorded reports. */
const minPauseMs = 1000;

/**
 * Records a report of the current attempt's worker: binds the attempt to the worker, makes a scheduled job
 * `executing`, and stores the time of the report. Undefined if none of this is worth a write.
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
  const running = job.status === 'scheduled' ? startRunning(bound, now) : withWrite(bound, now, {});
  return {
    ...withInvocation(running, caller.invocation),
    claim: bound.claim,
    reportedAt: running.updatedAt,
    ...(progress === undefined ? {} : { progress, progressAt: running.updatedAt }),
  };
}

/**
 * Binds the attempt to the first worker that reports for it. Returns the same object if it is bound already.
 */
export function bindWorker(job: ClaimedJob, { workerId }: WorkerCaller): ClaimedJob {
  if (workerId === undefined || job.claim.workerId !== undefined) return job;
  const bound = { ...job, claim: { ...job.claim, workerId } };
  // If an attempt was submitted twice, the Batch job that reports first carries it out.
  return isOnBatch(job) ? { ...bound, dispatcherId: workerId } : bound;
}

function startRunning({ waitingReason: _, ...job }: ClaimedJob, now: number): Job {
  const startedAt = Math.max(now, job.updatedAt);
  return withHeartbeatCheck(transitionJob(job, 'executing', { now: startedAt, change: { startedAt } }));
}

/**
 * The first report is always worth a write. A later report is recorded after a quarter of `heartbeatSeconds`,
 * but not within a second of the previous one, and always after 15 s.
 */
function isWorthKeeping({ reportedAt, limits }: ClaimedJob, now: number): boolean {
  if (reportedAt === undefined) return true;
  const quarterMs = (limits.heartbeatSeconds ?? Number.POSITIVE_INFINITY) * 250;
  const pauseMs = Math.max(minPauseMs, Math.min(maxPauseMs, quarterMs));
  return now - reportedAt >= pauseMs;
}
