import type { Clock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';

export interface CountOverdueDeps {
  readonly jobs: Pick<JobStore, 'listDue'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * The reconciler runs every minute, so a job that is due for longer fails in each pass, or is never reached.
 */
const overdueMs = 10 * 60_000;

/** Counts `JobsOverdue` once, and logs one such job, while any job has been due for more than 10 minutes. */
export async function countOverdue({ jobs, clock, metrics, log }: CountOverdueDeps): Promise<void> {
  const [overdue] = await jobs.listDue(clock.now() - overdueMs, 1);
  if (overdue === undefined) return;
  log.warn('job-overdue', { jobId: overdue.jobId });
  metrics.count('JobsOverdue');
}
