import type { ProgressReport, WorkerAnswer } from '../../contract/schemas/worker-schemas.ts';
import { updateJob } from '../records/update-job.ts';
import { mergeProgress, refuseBeyondTotal } from './merge-progress.ts';
import { recordWorkerReport } from './record-worker-report.ts';
import { decideReport, type ReportDeps } from './report-heartbeat.ts';
import { targetOf, type WorkerCaller } from './worker-access.ts';

/** Progress that comes sooner after the last that was kept is dropped. */
const leastPauseMilliseconds = 1000;

/**
 * Hears how far an attempt is, and answers whether it should stop. A report that comes within a second of the last
 * progress that was kept, or goes back, counts as a sign of life only. Throws as `reportHeartbeat` does, and
 * `invalid-request` for more steps than their total, which an earlier report may have given.
 */
export async function reportProgress(
  deps: ReportDeps,
  input: { readonly caller: WorkerCaller; readonly progress: ProgressReport },
): Promise<WorkerAnswer> {
  const { caller } = input;
  return updateJob(deps.jobs, targetOf(caller), (found) =>
    decideReport(found, caller, (job) => {
      // A worker whose attempt is being aborted learns that, whatever it reports.
      if (job.status !== 'aborting') refuseBeyondTotal(job.progress, input.progress);
      const now = deps.clock.now();
      const isEarly = job.progressAt !== undefined && now - job.progressAt < leastPauseMilliseconds;
      const progress = isEarly ? undefined : mergeProgress(job.progress, input.progress);
      return recordWorkerReport(job, caller, { now, progress });
    }),
  );
}
