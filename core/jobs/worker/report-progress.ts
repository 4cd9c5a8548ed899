import type { ProgressReport, WorkerResponse } from '../../contract/schemas/worker-schemas.ts';
import { updateJob } from '../records/update-job.ts';
import { mergeProgress, requireWithinTotal } from './merge-progress.ts';
import { recordWorkerReport } from './record-worker-report.ts';
import { decideReport, type ReportDeps } from './report-heartbeat.ts';
import { refOf, type WorkerCaller } from './worker-access.ts';

/** Progress that is reported sooner after the last recorded progress is dropped. */
const minIntervalMs = 1000;

/**
 * Records the progress of an attempt and returns whether its worker should stop. A report within a second of
 * the last recorded progress, or with a lower progress, counts as a heartbeat only. Throws as
 * `reportHeartbeat` does, and `invalid-request` for more completed steps than the total, which an earlier
 * report may have set.
 */
export async function reportProgress(
  deps: ReportDeps,
  input: { readonly caller: WorkerCaller; readonly progress: ProgressReport },
): Promise<WorkerResponse> {
  const { caller } = input;
  return updateJob(deps.jobs, refOf(caller), (current) =>
    decideReport(current, caller, (job) => {
      // The response to any report of an attempt that is being aborted requests its worker to stop.
      if (job.status !== 'aborting') requireWithinTotal(job.progress, input.progress);
      const now = deps.clock.now();
      const isEarly = job.progressAt !== undefined && now - job.progressAt < minIntervalMs;
      const progress = isEarly ? undefined : mergeProgress(job.progress, input.progress);
      return recordWorkerReport(job, caller, { now, progress });
    }),
  );
}
