import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { deleteJob } from '../../../core/jobs/deletion/delete-job.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { World } from '../world.ts';

/** The responses to a caller that deletes a job. */
export interface Deletion {
  readonly jobId: string;
  readonly withChildren: boolean;
  /** `unknown`: the caller died before it received a response. */
  readonly result: 'deleted' | 'deleting' | 'refused' | 'unknown';
}

/**
 * A caller that deletes a job, with or without its sub-jobs, and accepts a refusal; or whose
 * process dies during the call.
 */
export async function simulateDelete(world: World, jobId: string): Promise<Deletion> {
  const { random } = world;
  const withChildren = random.happens(0.6);
  const requestDeletion = (ports: ReturnType<World['ports']>) =>
    unlessInjected(
      deleteJob(ports, {
        key: { tenant: 'local', jobId },
        by: 'somebody',
        withChildren,
        dryRun: false,
        meetsPrecondition: () => true,
      }),
    );
  const livesFor = random.happens(0.25) ? random.whole(0, 25) : Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      const result = await requestDeletion(dyingAfter(world.ports(), livesFor));
      if (result?.kind === 'deleted' || result?.kind === 'deleting')
        return { jobId, withChildren, result: result.kind };
      if (livesFor < Number.POSITIVE_INFINITY) return { jobId, withChildren, result: 'unknown' };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.slug === 'job-deleted') return { jobId, withChildren, result: 'deleted' };
      if (error.slug !== 'unavailable') return { jobId, withChildren, result: 'refused' };
    }
  }
}
