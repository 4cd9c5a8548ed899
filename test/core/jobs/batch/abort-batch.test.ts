import { describe, expect, test } from 'vitest';
import { claimFingerprint } from '../../../../core/jobs/batch/batch-job-of.ts';
import { stopReasons } from '../../../../core/jobs/batch/stop-reasons.ts';
import { submitBatchAttempt } from '../../../../core/jobs/batch/submit-batch-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { digest } from '../../../../core/std/digest.ts';
import { batchJob, runningOnBatch, scheduledJob } from '../../../support/jobs/batch-attempts.ts';
import { batchWorld } from '../../../support/jobs/batch-world.ts';

async function worldOf(job: Job) {
  const world = await batchWorld(job);
  const abort = () => abortJob(world.deps, { key: world.key, by: 'key-1', reason: 'no longer needed' });
  return { ...world, abort };
}

describe('an attempt that is aborted or submitted on Batch', () => {
  test('is stopped, and the job ends with the report of Batch', async () => {
    const { deps, abort, applyEvent } = await worldOf(runningOnBatch());
    deps.batch.put(batchJob({ status: 'RUNNING' }));
    expect(await abort()).toMatchObject({
      status: 'aborting',
      abort: { stopped: 'terminated', by: 'key-1' },
    });
    expect(deps.batch.terminated).toEqual([{ dispatcherId: 'batch-1', reason: stopReasons.aborted }]);
    const stopped = await deps.batch.describe('batch-1');
    if (stopped === undefined) throw new Error('Batch forgot the job');
    const { applied, job } = await applyEvent(stopped);
    expect(applied).toBe('ended');
    expect(job).toMatchObject({ status: 'aborted', failure: { code: 'aborted' } });
    expect((await applyEvent(stopped)).applied).toBe('stale');
  });

  test('stays aborting when Batch does not respond, and the reconciler stops it', async () => {
    const { deps, abort, reconcileAt } = await worldOf(runningOnBatch());
    deps.batch.put(batchJob({ status: 'RUNNING' }));
    deps.batch.refuse(new Error('throttled'));
    const { status, abort: record, nextCheckAt = 0 } = await abort();
    expect(status).toBe('aborting');
    expect(deps.lines).toContain('stop-failed');
    deps.batch.refuse(undefined);
    expect(nextCheckAt).toBeLessThanOrEqual((record?.requestedAt ?? 0) + 60_000);
    await reconcileAt(nextCheckAt);
    expect(deps.batch.terminated).toHaveLength(1);
  });

  test('is stopped by its name when its ID was never reported', async () => {
    const { deps, abort } = await worldOf(scheduledJob());
    deps.batch.put(batchJob());
    expect((await abort()).status).toBe('aborting');
    expect(deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
  });

  test('is stopped once more when the abort is repeated', async () => {
    const { deps, abort } = await worldOf(runningOnBatch());
    deps.batch.put(batchJob({ status: 'RUNNING' }));
    const first = await abort();
    deps.batch.forget('batch-1');
    deps.batch.put(batchJob({ status: 'RUNNING' }));
    expect(await abort()).toEqual(first);
    expect(deps.batch.terminated).toHaveLength(2);
  });

  test('is not submitted again by a repeated try, unless the existing Batch job belongs to an earlier claim', async () => {
    const claim = { executionDigest: 'A', tokenDigest: digest('the-token') };
    const worker = { url: 'https://api.test', token: 'the-token' };
    const repeat = async (mark: string) => {
      const { deps, key, stored } = await worldOf(scheduledJob({ claim }));
      deps.batch.put(batchJob({ dispatcherId: 'batch-7', claim: mark }));
      expect(await submitBatchAttempt(deps, { ...key, attempt: 1, worker, isRepeated: true })).toBe(
        'submitted',
      );
      return (await stored()).dispatcherId;
    };
    expect(await repeat(claimFingerprint(claim))).toBe('batch-7');
    expect(await repeat('an-earlier-claim')).toBe('batch-1');
  });

  test('is stopped when it is submitted after the abort', async () => {
    const claim = { executionDigest: 'A', tokenDigest: digest('the-token') };
    const { deps, key, abort, applyEvent } = await worldOf(scheduledJob({ claim }));
    const submit = deps.batch.submit;
    deps.batch.submit = async (attempt) => {
      await abort();
      return submit(attempt);
    };
    const worker = { url: 'https://api.test', token: 'the-token' };
    const input = { ...key, attempt: 1, worker, isRepeated: false };
    expect(await submitBatchAttempt(deps, input)).toBe('stale');
    expect(deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-1' }]);
    const stopped = await deps.batch.describe('batch-1');
    if (stopped === undefined) throw new Error('Batch forgot the job');
    expect((await applyEvent({ ...stopped, tenant: 'local' })).job.status).toBe('aborted');
  });
});
