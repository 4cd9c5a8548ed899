import type { WorkerResponse } from '../../contract/schemas/worker-schemas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Decision } from '../model/decision.ts';
import type { ClaimedJob, Job } from '../model/job.ts';
import { updateJob } from '../records/update-job.ts';
import { recordWorkerReport } from './record-worker-report.ts';
import {
  hadLastClaim,
  refOf,
  requireCurrentClaim,
  requireIssuedToken,
  type WorkerCaller,
} from './worker-access.ts';

export interface ReportDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
  readonly clock: Clock;
}

/**
 * Records a heartbeat of an attempt and returns whether its worker should stop. Writes at most about once a
 * second. Throws `unauthenticated` and `stale-attempt`, and `invalid-request` if a container does not send
 * its ID.
 */
export async function reportHeartbeat(deps: ReportDeps, caller: WorkerCaller): Promise<WorkerResponse> {
  return updateJob(deps.jobs, refOf(caller), (current) =>
    decideReport(current, caller, (job) => recordWorkerReport(job, caller, { now: deps.clock.now() })),
  );
}

/**
 * The decision for a report that does not end the attempt. A job that was or is being aborted stays
 * unchanged.
 */
export function decideReport(
  current: Job | undefined,
  caller: WorkerCaller,
  recordReport: (job: ClaimedJob) => Job | undefined,
): Decision<WorkerResponse> {
  const job = requireIssuedToken(current, caller);
  if (job.status === 'aborted' && hadLastClaim(job, caller)) return { result: { abort: true } };
  const claimed = requireCurrentClaim(job, caller);
  const next = recordReport(claimed);
  const response = { abort: claimed.status === 'aborting' };
  return next === undefined ? { result: response } : { next, result: response };
}
