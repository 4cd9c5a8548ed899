import { describe, expect, test } from 'vitest';
import { parseWire } from '../../../../core/contract/http/parse-wire.ts';
import { childSubmission } from '../../../../core/contract/schemas/worker-schemas.ts';
import { defaultLimits } from '../../../../core/jobs/model/defaults.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { requestFingerprint } from '../../../../core/jobs/submission/request-fingerprint.ts';
import type { SubmitJobDeps } from '../../../../core/jobs/submission/submit-job.ts';
import { submitChild } from '../../../../core/jobs/worker/submit-child.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';
import { refusalOf, worker, workerWorld } from './worker-world.ts';

test('a sub-job is unauthenticated whether its parent was deleted or never existed', async () => {
  const deps = testDeps();
  await deps.services.insert(aService());
  const submit = () => submitChild(deps, { caller: worker, submission: { service: 'echo' } });
  expect(await refusalOf(submit())).toBe('unauthenticated');
  const { id, issuedTokenFingerprints = [] } = executingJob();
  const job = endedJob('succeeded', { id, issuedTokenFingerprints });
  await deps.jobs.insert(job);
  expect(await refusalOf(submit())).toBe('stale-attempt');
  const tombstone = tombstoneOf(job, { by: 'key-1', now: job.updatedAt });
  expect(tombstone.job).not.toHaveProperty('issuedTokenFingerprints');
  expect(await deps.jobs.replaceWithTombstone(tombstone, job.version)).toBe('replaced');
  expect(await refusalOf(submit())).toBe('unauthenticated');
});

test('a sub-job is in the group that its submission names, and not in that of its parent', async () => {
  const { deps } = await workerWorld(executingJob({ group: 'of-the-parent' }));
  const groupOf = async (group: object) => {
    const submission = parseWire(childSubmission, { service: 'echo', ...group });
    return (await submitChild(deps, { caller: worker, submission })).job.group;
  };
  expect([await groupOf({ group: 'own' }), await groupOf({})]).toEqual(['own', undefined]);
});

describe('a sub-job that is submitted under an idempotency key', () => {
  const day = 86_400_000;
  const timeoutSeconds = 2_592_000;
  const long = executingJob({ limits: { ...defaultLimits, timeoutSeconds }, dispatcher: 'batch' });
  const named = { service: 'echo', name: 'part' };
  const idempotency = { key: 'part', fingerprint: requestFingerprint('submitChild', named) };
  const submit = (deps: SubmitJobDeps) =>
    submitChild(deps, {
      caller: { ...worker, workerId: 'container' },
      submission: named,
      idempotency,
    });

  test.each([6, 8, 29])('is found again by an attempt that starts %i days later', async (days) => {
    const { deps, pass } = await workerWorld(long);
    const first = await submit(deps);
    expect(first.replayed).toBe(false);
    await pass(days * day);
    expect(await submit(deps)).toMatchObject({ replayed: true, job: { id: first.job.id } });
    const children = await deps.links.list({ tenant: 'local', kind: 'child', anchorId: long.id, limit: 10 });
    expect(children.links).toHaveLength(1);
  });

  test('is stored a day longer than its parent can live, and at least seven days', async () => {
    const knownUntil = async (job: Job) => {
      const { deps } = await workerWorld(job);
      await submit(deps);
      const key = { tenant: 'local', key: `child\n${job.id}\npart` };
      return (await deps.idempotency.find(key, startTime))?.expiresAtEpochSeconds;
    };
    expect(await knownUntil(long)).toBe(Math.ceil((someTime + 31 * day) / 1000));
    expect(await knownUntil(executingJob({ dispatcher: 'batch' }))).toBe(
      Math.ceil((startTime + 7 * day) / 1000),
    );
  });
});
