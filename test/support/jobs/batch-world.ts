import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { applyBatchEvent } from '../../../core/jobs/batch/apply-batch-event.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { reconcile } from '../../../core/jobs/reconciler/reconcile.ts';
import type { BatchJob } from '../../../core/ports/batch-dispatcher.ts';
import { checkJob } from './job-invariants.ts';
import { aService, testDeps } from './test-deps.ts';

/** A service on Batch and one job of it, with all ports of a use case; 30 s after the first claim. */
export async function batchWorld(job: Job, definition: Partial<ServiceDefinition> = {}) {
  const deps = testDeps();
  const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-echo' } as const;
  await deps.services.insert(aService({ dispatcher, ...definition }, { used: true }));
  await deps.jobs.insert(job);
  await deps.clock.sleep(31_000);
  const key = { tenant: job.tenant, jobId: job.id };
  const stored = async (): Promise<Job> => {
    const found = await deps.jobs.get(key);
    if (found === undefined) throw new Error('The job is gone');
    checkJob(found);
    return found;
  };
  return {
    deps,
    key,
    stored,
    /** Runs the reconciler at this moment, in milliseconds since 1970, which must not be in the past. */
    async reconcileAt(at: number): Promise<Job> {
      await deps.clock.sleep(at - deps.clock.now());
      await reconcile(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
      return stored();
    },
    async applyEvent(event: BatchJob) {
      const applied = await applyBatchEvent(deps, event);
      return { applied: applied, job: await stored() };
    },
  };
}
