import { ProblemError } from '../../core/contract/problem-error.ts';
import { deleteJob } from '../../core/jobs/delete-job.ts';
import { unlessInjected } from './faulty.ts';
import type { World } from './world.ts';

/** A job that somebody was told is deleted, or will be. */
export interface Deletion {
  readonly jobId: string;
  readonly answer: 'deleted' | 'deleting' | 'refused';
}

/** Somebody who, some time later, wants a job to be gone, with or without its sub-jobs, and takes no for an answer. */
export async function simulateDelete(world: World, jobId: string): Promise<Deletion> {
  const { random, time } = world;
  await time.sleep(random.whole(10_000, 900_000));
  const input = {
    key: { tenant: 'local', jobId },
    by: 'somebody',
    withChildren: random.happens(0.6),
    dryRun: false,
    isExpected: () => true,
  };
  for (;;) {
    try {
      const told = await unlessInjected(deleteJob(world.ports(), input));
      if (told?.kind === 'deleted' || told?.kind === 'deleting') return { jobId, answer: told.kind };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.slug === 'job-deleted') return { jobId, answer: 'deleted' };
      if (error.slug !== 'unavailable') return { jobId, answer: 'refused' };
    }
  }
}
