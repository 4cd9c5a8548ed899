import { describe, expect, test } from 'vitest';
import type { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { type Job, serviceOf } from '../../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { storeJson } from '../../../../core/jobs/records/stored-json.ts';
import { requestFingerprint } from '../../../../core/jobs/submission/request-fingerprint.ts';
import { type RerunJobInput, rerunJob } from '../../../../core/jobs/submission/rerun-job.ts';
import { type SubmitJobInput, submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { aJob, endedJob } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

const schema = { type: 'object', properties: { size: { default: 5 } } };

async function world() {
  const deps = testDeps();
  const definition = { parameters: schema, attemptTimeoutSeconds: 60, retry: { maxAttempts: 5 } };
  await deps.services.insert(aService(definition));
  const later = { ...definition, attemptTimeoutSeconds: 120, retry: { maxAttempts: 7 } };
  await deps.services.insert(aService(later, { version: '2.0.0' }));
  const rerun = (jobId: string, change: Partial<RerunJobInput> = {}) =>
    rerunJob(deps, { tenant: 'local', owner: 'key-2', jobId, changes: {}, ...change });
  return { deps, rerun };
}

/** A job as it was submitted, ended. */
async function endedAfter(
  { deps }: Awaited<ReturnType<typeof world>>,
  submission: Partial<SubmitJobInput['submission']>,
): Promise<Job> {
  const { job } = await submitJob(deps, {
    tenant: 'local',
    owner: 'key-1',
    submission: { service: 'echo@1.0.0', ...submission },
  });
  const ended = { ...endedJob('error', { id: job.id }), ...withoutCourse(job) };
  await deps.jobs.replace(ended, 1);
  return ended;
}

function withoutCourse(job: Job) {
  const { name, tags, metadata, parameters, policy, limits, owner } = job;
  const optional = omitUndefined({ request: job.request, group: job.group });
  return { name, tags, metadata, parameters, policy, limits, owner, service: serviceOf(job), ...optional };
}

const everything = {
  name: 'mine',
  tags: ['a'],
  group: 'nightly',
  metadata: { order: 7 },
  parameters: { text: 'x' },
  retry: { maxAttempts: 2, retryOn: ['lost' as const] },
  timeoutSeconds: 500,
};

describe('a rerun of a job with dependencies', () => {
  async function rerunAfter(states: readonly Job['status'][], changes: RerunJobInput['changes'] = {}) {
    const made = await world();
    const needed = await endedAfter(made, {});
    const ended = await endedAfter(made, {});
    const transitions = states.map((status) => ({ status, at: ended.requestedAt, attempt: 0 }));
    const changed = { ...ended, dependsOn: [needed.id], transitions, version: ended.version + 1 };
    await made.deps.jobs.replace(changed, ended.version);
    const { job } = await made.rerun(ended.id, { changes });
    return { job, needed };
  }

  test.each([
    ['ended as dependency-failed', ['waiting', 'error']],
    ['was aborted while it waited', ['waiting', 'aborted']],
    ['was a draft', ['draft', 'ready', 'aborted']],
  ] as const)('has the same dependencies when it %s', async (_, states) => {
    const { job, needed } = await rerunAfter(states);
    expect(job.dependsOn).toEqual([needed.id]);
  });

  test('has no dependencies when all of them had succeeded', async () => {
    const { job } = await rerunAfter(['waiting', 'pending', 'error']);
    expect([job.dependsOn, job.status]).toEqual([undefined, 'pending']);
  });

  test('has the dependencies in the changes', async () => {
    const { job } = await rerunAfter(['waiting', 'error'], { dependsOn: [] });
    expect([job.dependsOn, job.status]).toEqual([undefined, 'pending']);
    const other = rerunAfter(['waiting', 'error'], { dependsOn: [aJob({}).id] });
    await expect(other).rejects.toMatchObject({ slug: 'unknown-job' });
  });
});

describe('rerunJob', () => {
  test('submits the same request as a new job that names the job it reruns', async () => {
    const there = await world();
    const job = await endedAfter(there, everything);
    const again = (await there.rerun(job.id)).job;
    checkJob(again);
    expect(again.id).not.toBe(job.id);
    expect(withoutCourse(again)).toEqual({ ...withoutCourse(job), owner: 'key-2' });
    expect(again).toMatchObject({ status: 'pending', attempt: 0, rerunOf: job.id, endedAttempts: [] });
    expect(await there.deps.jobs.get({ tenant: 'local', jobId: again.id })).toEqual(again);
    expect(there.deps.executions.starts.map(({ jobId }) => jobId)).toEqual([job.id, again.id]);
  });

  test('is linked with the job that it reruns, before it is stored', async () => {
    const there = await world();
    const job = await endedAfter(there, {});
    const linked = () =>
      there.deps.links.list({ tenant: 'local', kind: 'rerun', anchorId: job.id, limit: 9 });
    const { insert } = there.deps.jobs;
    there.deps.jobs.insert = async (again) => {
      expect((await linked()).links.map(({ jobId }) => jobId)).toEqual([again.id]);
      return insert(again);
    };
    const { job: again } = await there.rerun(job.id);
    expect((await linked()).links.map(({ jobId }) => jobId)).toEqual([again.id]);
  });

  test('uses the submitted parameters, before defaults', async () => {
    const there = await world();
    const job = await endedAfter(there, { parameters: {} });
    const { job: again } = await there.rerun(job.id, { changes: { service: 'echo@2.0.0' } });
    expect([again.parameters, again.request]).toEqual([
      { kind: 'inline', json: '{"size":5}' },
      { kind: 'inline', json: '{}' },
    ]);
  });

  test('replaces the parameters completely, and every other given member', async () => {
    const there = await world();
    const job = await endedAfter(there, everything);
    const changes = {
      service: { name: 'echo', version: '2.0.0' },
      name: 'yours',
      tags: [],
      group: 'repaired',
      metadata: {},
      parameters: { size: 1 },
      retry: { backoffSeconds: 0 },
      queueTimeoutSeconds: 9,
    };
    const { job: again } = await there.rerun(job.id, { changes });
    expect(again).toMatchObject({
      service: { name: 'echo', version: '2.0.0' },
      name: 'yours',
      tags: [],
      group: 'repaired',
      metadata: {},
      parameters: { kind: 'inline', json: '{"size":1}' },
      policy: { maxAttempts: 2, backoffSeconds: 0, backoffRate: 2, retryOn: ['lost'] },
      limits: { attemptTimeoutSeconds: 120, queueTimeoutSeconds: 9, timeoutSeconds: 500 },
    });
  });

  test('accepts null as a value of the parameters', async () => {
    const there = await world();
    await there.deps.services.insert(aService({}, { name: 'any' }));
    const job = await endedAfter(there, everything);
    const { job: again } = await there.rerun(job.id, { changes: { service: 'any', parameters: null } });
    expect(again.parameters).not.toEqual(job.parameters);
  });

  test('renames a job that was named like its service after its new service', async () => {
    const there = await world();
    await there.deps.services.insert(aService({}, { name: 'any' }));
    const job = await endedAfter(there, {});
    expect((await there.rerun(job.id)).job.name).toBe('echo');
    expect((await there.rerun(job.id, { changes: { service: 'any' } })).job.name).toBe('any');
  });

  test('keeps the version of the job, even when that is deprecated and there are newer ones', async () => {
    const there = await world();
    const job = await endedAfter(there, {});
    const stored = await there.deps.services.get({ tenant: 'local', name: 'echo', version: '1.0.0' });
    if (stored === undefined) throw new Error('gone');
    const deprecated = { ...stored, deprecation: { reason: 'old', at: 1 }, revision: stored.revision + 1 };
    await there.deps.services.replace(deprecated, stored.revision);
    const { job: again, service } = await there.rerun(job.id);
    expect([again.service?.version, service?.deprecation?.reason]).toEqual(['1.0.0', 'old']);
  });

  test('stores large parameters again, under its own ID', async () => {
    const there = await world();
    const job = await endedAfter(there, { parameters: { text: 'x'.repeat(5000), size: 1 } });
    const { job: again } = await there.rerun(job.id);
    if (again.parameters.kind !== 'object') throw new Error('not an object');
    expect(again.parameters.key).toContain(again.id);
    expect(there.deps.objects.textOf(again.parameters.key)).toBe(
      JSON.stringify({ text: 'x'.repeat(5000), size: 1 }),
    );
  });

  test('fails when the large parameters cannot be read, and stores nothing', async () => {
    const { deps, rerun } = await world();
    const location = { tenant: 'local', jobId: 'j', role: 'parameters' } as const;
    const parameters = await storeJson(testDeps().objects, location, JSON.stringify('x'.repeat(5000)));
    await deps.jobs.insert(endedJob('failed', { parameters }));
    await expect(rerun(aJob().id)).rejects.toThrow('is missing');
    expect((await deps.jobs.list({ tenant: 'local', limit: 5 })).jobs).toHaveLength(1);
  });

  test.each([
    ['pending', aJob()],
    ['executing', executingJob()],
    ['aborting', executingJob({ status: 'aborting' })],
  ])('refuses a job that is %s, and lists the allowed actions', async (status, job) => {
    const { deps, rerun } = await world();
    await deps.jobs.insert(job);
    const error: ProblemError = await rerun(job.id).catch((thrown) => thrown);
    expect(error).toMatchObject({ slug: 'illegal-transition', message: expect.stringContaining(status) });
    expect(error.extension.actions?.find(({ name }) => name === 'rerun')?.allowed).toBe(false);
    expect((await deps.jobs.list({ tenant: 'local', limit: 5 })).jobs).toHaveLength(1);
  });

  test.each(['succeeded', 'failed', 'error', 'aborted'] as const)('reruns a job that %s', async (status) => {
    const { deps, rerun } = await world();
    const job = endedJob(status);
    await deps.jobs.insert(job);
    expect((await rerun(job.id)).job).toMatchObject({ status: 'pending', rerunOf: job.id });
  });

  test('returns not found for a job that does not exist or belongs to another tenant', async () => {
    const { deps, rerun } = await world();
    await deps.jobs.insert(endedJob('failed'));
    await expect(rerun(aJob().id, { tenant: 'other' })).rejects.toThrow(
      expect.objectContaining({ slug: 'not-found' }),
    );
  });

  test.each([
    ['invalid-parameters', { parameters: 'text' }],
    ['service-not-found', { service: 'ecko' }],
    ['ambiguous-version', { service: 'echo' }],
  ])('refuses with %s a request that a submission would be refused for', async (slug, changes) => {
    const { deps, rerun } = await world();
    await deps.jobs.insert(endedJob('failed'));
    await expect(rerun(aJob().id, { changes })).rejects.toThrow(expect.objectContaining({ slug }));
    expect((await deps.jobs.list({ tenant: 'local', limit: 5 })).jobs).toHaveLength(1);
  });

  test('creates one job under one idempotency key', async () => {
    const there = await world();
    const job = await endedAfter(there, {});
    const idempotency = {
      key: 'k',
      fingerprint: requestFingerprint('rerunJob', { jobId: job.id, body: {} }),
    };
    const one = await there.rerun(job.id, { idempotency });
    const two = await there.rerun(job.id, { idempotency });
    expect([two.job.id, two.replayed]).toEqual([one.job.id, true]);
    const other = { ...idempotency, fingerprint: requestFingerprint('rerunJob', { jobId: 'x', body: {} }) };
    await expect(there.rerun(job.id, { idempotency: other })).rejects.toThrow(
      expect.objectContaining({ slug: 'idempotency-key-reused' }),
    );
  });

  test('is refused when the job does not meet the precondition, but returns the same job under its key', async () => {
    const there = await world();
    const job = await endedAfter(there, {});
    const idempotency = { key: 'k', fingerprint: 'same' };
    const meetsPrecondition = ({ version }: Job) => version === job.version;
    const one = await there.rerun(job.id, { idempotency, meetsPrecondition });
    await there.deps.jobs.replace(withWrite(job, job.updatedAt, { tags: ['changed'] }), job.version);
    const refusal = expect.objectContaining({ slug: 'precondition-failed' });
    await expect(there.rerun(job.id, { meetsPrecondition })).rejects.toThrow(refusal);
    const two = await there.rerun(job.id, { idempotency, meetsPrecondition });
    expect([two.job.id, two.replayed]).toEqual([one.job.id, true]);
  });

  test('returns the same job under its key when the original was deleted since', async () => {
    const there = await world();
    const job = await endedAfter(there, {});
    const idempotency = { key: 'k', fingerprint: 'same' };
    const one = await there.rerun(job.id, { idempotency });
    const tombstone = tombstoneOf(job, { by: 'key-1', now: job.updatedAt });
    expect(await there.deps.jobs.replaceWithTombstone(tombstone, job.version)).toBe('replaced');
    const two = await there.rerun(job.id, { idempotency });
    expect([two.job.id, two.replayed, two.service?.version]).toEqual([one.job.id, true, '1.0.0']);
    const others = [{}, { idempotency: { key: 'other', fingerprint: 'same' } }];
    for (const other of others) {
      const deletedProblem = expect.objectContaining({ slug: 'job-deleted' });
      await expect(there.rerun(job.id, other)).rejects.toThrow(deletedProblem);
    }
  });

  test('returns the same job under its key while the original is being deleted', async () => {
    const there = await world();
    const job = await endedAfter(there, { parameters: { text: 'x'.repeat(5000) } });
    const idempotency = { key: 'k', fingerprint: 'same' };
    const one = await there.rerun(job.id, { idempotency });
    const cascade = { kind: 'delete', by: 'key-1', requestedAt: job.updatedAt } as const;
    await there.deps.jobs.replace(withWrite(job, job.updatedAt, { cascade }), job.version);
    const two = await there.rerun(job.id, { idempotency });
    expect([two.job.id, two.replayed]).toEqual([one.job.id, true]);
    const deletedProblem = expect.objectContaining({ slug: 'job-deleted' });
    await expect(there.rerun(job.id, { idempotency: { ...idempotency, key: 'l' } })).rejects.toThrow(
      deletedProblem,
    );
  });
});
