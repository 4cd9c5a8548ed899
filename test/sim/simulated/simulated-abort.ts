import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { abortJob } from '../../../core/jobs/relations/abort-job.ts';
import { dyingAfter, unlessInjected } from '../faulty.ts';
import type { World } from '../world.ts';

/** `illegal-transition`: the job is being deleted. */
type Refusal = 'already-ended' | 'illegal-transition' | 'job-deleted';

/** The responses to a caller that aborts a job. */
export interface Abort {
  readonly jobId: string;
  /** `unknown`: the caller died before it received a response. */
  readonly outcome: 'aborted' | 'aborting' | 'unknown' | Refusal;
}

/**
 * A caller that aborts a job after a delay and retries until it receives a response; or whose process dies during
 * the call.
 */
export async function simulateAbort(world: World, jobId: string): Promise<Abort> {
  const { random, time } = world;
  await time.sleep(random.whole(0, random.happens(0.5) ? 25_000 : 200_000));
  const livesFor = random.happens(0.15) ? random.whole(0, 25) : Number.POSITIVE_INFINITY;
  for (;;) {
    const outcome = await unlessInjected(abortOnce(dyingAfter(world.ports(), livesFor), jobId));
    if (outcome !== undefined) return { jobId, outcome };
    if (livesFor < Number.POSITIVE_INFINITY) return { jobId, outcome: 'unknown' };
  }
}

async function abortOnce(ports: ReturnType<World['ports']>, jobId: string): Promise<Abort['outcome']> {
  const input = { key: { tenant: 'local', jobId }, by: 'somebody' };
  try {
    const { status } = await abortJob(ports, input);
    if (status !== 'aborted' && status !== 'aborting') throw new Error(`${jobId}: aborted, and ${status}`);
    return status;
  } catch (error) {
    const isFinal = error instanceof ProblemError && isRefusal(error.slug);
    if (isFinal && isRefusal(error.slug)) return error.slug;
    throw error;
  }
}

function isRefusal(slug: string): slug is Refusal {
  return slug === 'already-ended' || slug === 'illegal-transition' || slug === 'job-deleted';
}
