import { requestFingerprint } from '../../core/jobs/request-fingerprint.ts';
import { type SubmittedJob, submitJob } from '../../core/jobs/submit-job.ts';
import { lookAfter } from '../support/jobs.ts';
import { anySubmission } from './any-submission.ts';
import { unlessInjected } from './faulty.ts';
import type { World } from './world.ts';

/** What a client asked for and was told. */
export interface Client {
  /** Name of its jobs. */
  readonly name: string;
  readonly hasKey: boolean;
  /** One for each time that it was told of a job. */
  readonly answers: ReadonlyArray<Pick<SubmittedJob, 'replayed'> & { readonly jobId: string }>;
}

/**
 * A client that wants one job and asks again until it is told an id. With an idempotency key it may ask several times
 * at once. What it asked for in vain may have become a job all the same.
 */
export async function simulateClient(world: World, name: string): Promise<Client> {
  const { random, time } = world;
  const hasKey = random.happens(0.5);
  const submission = { ...anySubmission(random), name };
  const fingerprint = requestFingerprint('submitJob', JSON.parse(JSON.stringify(submission)));
  const idempotency = hasKey ? { key: name, fingerprint } : undefined;
  const input = { tenant: 'local', owner: 'client', submission, lookAfter, idempotency };
  const ask = async () => {
    await time.sleep(random.whole(0, random.happens(0.5) ? 300_000 : 50));
    for (;;) {
      const told = await unlessInjected(submitJob(world.ports(), input));
      if (told !== undefined) return { jobId: told.job.id, replayed: told.replayed };
    }
  };
  const answers = await Promise.all(Array.from({ length: hasKey ? random.whole(1, 3) : 1 }, ask));
  return { name, hasKey, answers };
}
