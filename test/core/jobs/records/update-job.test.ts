import { describe, expect, test } from 'vitest';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { updateJob } from '../../../../core/jobs/records/update-job.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import { memoryJobStore } from '../../../support/memory/memory-job-store.ts';

const key = { tenant: 'local', jobId: aJob().id };

/** A store in which another writer writes first, the given number of times. */
async function contested(times: number) {
  const store = memoryJobStore();
  await store.insert(aJob());
  let left = times;
  const replace: typeof store.replace = async (job, expectedVersion) => {
    const current = await store.get(key);
    if (left > 0 && current !== undefined) {
      left -= 1;
      await store.replace(withWrite(current, someTime, { starts: current.starts + 100 }), current.version);
    }
    return store.replace(job, expectedVersion);
  };
  return { ...store, replace };
}

describe('updateJob', () => {
  test('decides again after a write of another writer, and loses none of it', async () => {
    const jobs = await contested(3);
    const result = await updateJob(jobs, key, (job) => ({
      ...(job === undefined ? {} : { next: withWrite(job, someTime, { starts: job.starts + 1 }) }),
      result: job?.starts,
    }));
    expect(result).toBe(301);
    expect(await jobs.get(key)).toMatchObject({ starts: 302, version: 5 });
  });

  test('fails as unavailable after ten lost races', async () => {
    const jobs = await contested(10);
    const decide = (job = aJob()) => ({ next: withWrite(job, someTime, {}), result: 'done' });
    await expect(updateJob(jobs, key, decide)).rejects.toThrow(
      expect.objectContaining({ slug: 'unavailable' }),
    );
    expect(await updateJob(await contested(9), key, decide)).toBe('done');
  });

  test('starts with the job that its caller has just read, and reads it itself after a lost race', async () => {
    const store = await contested(1);
    const reads: string[] = [];
    const get: typeof store.get = async (wanted) => {
      reads.push(wanted.jobId);
      return store.get(wanted);
    };
    const decide = (job = aJob()) => ({
      next: withWrite(job, someTime, { starts: job.starts + 1 }),
      result: job.starts,
    });
    expect(await updateJob({ ...store, get }, { ...key, current: aJob() }, decide)).toBe(101);
    expect(reads).toEqual([key.jobId]);
  });

  test('writes nothing when nothing changes', async () => {
    const jobs = await contested(0);
    expect(await updateJob(jobs, key, () => ({ result: 'no' }))).toBe('no');
    expect((await jobs.get(key))?.version).toBe(1);
  });

  test('passes a missing job to the decision, and never creates one', async () => {
    const jobs = memoryJobStore();
    const result = await updateJob(jobs, key, (job) => ({ next: aJob(), result: job }));
    expect([result, await jobs.get(key)]).toEqual([undefined, undefined]);
  });
});
