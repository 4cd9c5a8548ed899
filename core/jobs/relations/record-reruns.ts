import type { Clock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';

export interface RecordRerunsDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One write of a job in the table's stream. */
export interface StreamedChange {
  readonly position: string;
  readonly before?: Job;
  readonly after?: Job;
}

export interface RecordRerunsInput {
  /** When to leave the remaining changes to the next delivery, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

/** The reruns of one job that a batch of changes created. */
interface Reruns {
  readonly tenant: string;
  readonly jobId: string;
  readonly latestId: string;
  readonly positions: readonly string[];
}

const parallel = 10;

/**
 * Records on each job its latest rerun: the one with the greatest ID, drafts included. Returns the positions of the changes whose
 * reruns could not be recorded, and must be delivered again. It does not matter how often and in which order changes are delivered.
 * Costs one read and one write for each rerun, or for all reruns of one job in a batch; a batch without reruns costs nothing.
 */
export async function recordReruns(
  deps: RecordRerunsDeps,
  changes: readonly StreamedChange[],
  { budgetEndsAt }: RecordRerunsInput,
): Promise<readonly string[]> {
  const unrecorded = await inParallel(rerunsByJob(changes), parallel, async (reruns) => {
    if (deps.clock.now() >= budgetEndsAt) return reruns.positions;
    const { tenant, jobId, latestId, positions } = reruns;
    try {
      const now = deps.clock.now();
      await updateJob(deps.jobs, { tenant, jobId }, (job) => withRerun(job, latestId, now));
      return [];
    } catch (error) {
      deps.log.warn('rerun-not-recorded', { jobId, rerunId: latestId, error: asError(error) });
      return positions;
    }
  });
  return unrecorded.flat();
}

/** The creations of reruns, grouped by the job that they rerun. All other changes cost nothing. */
function rerunsByJob(changes: readonly StreamedChange[]): readonly Reruns[] {
  const created = changes.flatMap(({ position, before, after }) =>
    before !== undefined || after?.rerunOf === undefined
      ? []
      : [{ position, tenant: after.tenant, jobId: after.rerunOf, rerunId: after.id }],
  );
  const groups = Map.groupBy(created, ({ tenant, jobId }) => `${tenant}#${jobId}`);
  return [...groups.values()].flatMap((group) => {
    const latest = group.reduce((one, other) => (other.rerunId > one.rerunId ? other : one));
    const { tenant, jobId, rerunId: latestId } = latest;
    return [{ tenant, jobId, latestId, positions: group.map(({ position }) => position) }];
  });
}

/** A job that was deleted, or whose deletion was accepted, needs no record. IDs sort by the time of their creation. */
function withRerun(job: Job | undefined, rerunId: string, now: number): Decision<undefined> {
  const result = undefined;
  if (job === undefined || job.cascade?.accepted === true) return { result };
  if (job.rerunAs !== undefined && job.rerunAs >= rerunId) return { result };
  return { next: withWrite(job, now, { rerunAs: rerunId }), result };
}
