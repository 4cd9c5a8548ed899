import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { deleteJob } from '../../../core/jobs/deletion/delete-job.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { World } from '../world.ts';

/** The responses to a caller that deletes a job. */
export interface Deletion {
  readonly jobId: string;
  readonly withChildren: boolean;
  readonly withOutputs: boolean;
  readonly withInputs: boolean;
  /** `unknown`: the caller died before it received a response. */
  readonly result: 'deleted' | 'deleting' | 'refused' | 'unknown';
}

/**
 * A caller that deletes a job, with or without its sub-jobs and data objects, and accepts a refusal; or whose process dies
 * during the call.
 */
export async function simulateDelete(world: World, jobId: string): Promise<Deletion> {
  const { random } = world;
  const scope = {
    withChildren: random.happens(0.6),
    withOutputs: world.hasData && random.happens(0.8),
    withInputs: world.hasData && random.happens(0.4),
  };
  const requestDeletion = (ports: ReturnType<World['ports']>) =>
    unlessInjected(
      deleteJob(ports, {
        key: { tenant: 'local', jobId },
        by: 'somebody',
        ...scope,
        dryRun: false,
        meetsPrecondition: () => true,
      }),
    );
  const livesFor = random.happens(0.25) ? random.whole(0, 25) : Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      const result = await requestDeletion(dyingAfter(world.ports(), livesFor));
      if (result?.kind === 'deleted' || result?.kind === 'deleting')
        return { jobId, ...scope, result: result.kind };
      if (livesFor < Number.POSITIVE_INFINITY) return { jobId, ...scope, result: 'unknown' };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.slug === 'job-deleted') return { jobId, ...scope, result: 'deleted' };
      if (error.slug !== 'unavailable') return { jobId, ...scope, result: 'refused' };
    }
  }
}
