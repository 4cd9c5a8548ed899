import { describe, expect, test } from 'vitest';
import { draftLifetimeMs } from '../../../../core/jobs/model/job-start.ts';
import { requestFingerprint } from '../../../../core/jobs/submission/request-fingerprint.ts';
import { rerunJob } from '../../../../core/jobs/submission/rerun-job.ts';
import { submitJobs } from '../../../../core/jobs/submission/submit-jobs.ts';
import { validateSubmission } from '../../../../core/jobs/submission/validate-submission.ts';
import { draftWorld } from '../../../support/jobs/drafts.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';

const caller = { tenant: 'local', owner: 'key-1' };

describe('a submission without a start', () => {
  test('creates a ready job when it is complete, starts nothing and does not mark the version as used', async () => {
    const { deps, draft, stored } = await draftWorld();
    const job = await draft({ service: 'echo@1.0.0', parameters: { size: 1 }, timeoutSeconds: 7 });
    checkJob(job);
    expect(await stored(job.id)).toEqual(job);
    expect(job).toMatchObject({
      status: 'ready',
      name: 'echo',
      service: { name: 'echo', version: '1.0.0' },
      parameters: { json: '{"size":1,"unit":"m"}' },
      request: { json: '{"size":1}' },
      draft: { overrides: { timeoutSeconds: 7 }, missing: [] },
      policy: { maxAttempts: 5 },
      limits: { attemptTimeoutSeconds: 60, timeoutSeconds: 7 },
      nextCheckAt: someTime + draftLifetimeMs,
      transitions: [{ status: 'ready', at: someTime, attempt: 0 }],
    });
    expect(deps.executions.starts).toEqual([]);
    const version = { tenant: 'local', name: 'echo', version: '1.0.0' };
    expect((await deps.services.get(version))?.used).toBe(false);
  });

  test('creates a draft when its parameters have errors', async () => {
    const { draft } = await draftWorld();
    const job = await draft({ service: 'echo@1.0.0', parameters: { size: 'big' } });
    checkJob(job);
    expect(job).toMatchObject({ status: 'draft', draft: { missing: [{ pointer: '/parameters/size' }] } });
  });

  test('creates a draft when it names no service', async () => {
    const { draft } = await draftWorld();
    const job = await draft({ parameters: { any: 1 } });
    checkJob(job);
    expect(job).toMatchObject({
      status: 'draft',
      name: 'draft',
      draft: { missing: [{ pointer: '/service' }] },
    });
    expect(job).not.toHaveProperty('service');
  });

  test.each([
    ['service-not-found', { service: 'ecko' }],
    ['ambiguous-version', { service: 'echo' }],
    ['invalid-request', { service: 'echo@one' }],
    ['invalid-request', { service: 'echo@1.0.0', metadata: { text: 'x'.repeat(5000) } }],
    ['invalid-parameters', { parameters: { size: Number.POSITIVE_INFINITY } }],
  ])('is refused as %s for %j, like any other submission', async (slug, submission) => {
    const { deps, draft } = await draftWorld();
    await expect(draft(submission)).rejects.toMatchObject({ slug });
    expect((await deps.jobs.list({ tenant: 'local', limit: 10 })).jobs).toEqual([]);
  });

  test('creates one job under one key, even when its service is deleted before the repetition', async () => {
    const { deps, draft } = await draftWorld();
    const submission = { service: 'any', start: false };
    const idempotency = { key: 'once', fingerprint: requestFingerprint('submitJob', submission) };
    const first = await draft(submission, { idempotency });
    expect(await draft(submission, { idempotency })).toEqual(first);
    await deps.services.remove({ tenant: 'local', name: 'any', version: '1.0.0' }, 1);
    expect(await draft(submission, { idempotency })).toEqual(first);
    const nameless = { key: 'nameless', fingerprint: 'f' };
    const second = await draft({}, { idempotency: nameless });
    expect(await draft({}, { idempotency: nameless })).toEqual(second);
  });

  test('is accepted in a bulk submission with other jobs', async () => {
    const { deps } = await draftWorld();
    const jobs = [{ start: false }, { service: 'any' }, {}];
    const items = await submitJobs(deps, { ...caller, jobs });
    expect(items).toMatchObject([
      { submitted: { job: { status: 'draft' } } },
      { submitted: { job: { status: 'pending' } } },
      {
        error: {
          slug: 'invalid-request',
          extension: { errors: [{ pointer: '/jobs/2/service', keyword: 'required' }] },
        },
      },
    ]);
  });

  test('can be a rerun', async () => {
    const { deps } = await draftWorld();
    const job = endedJob('aborted', { service: { name: 'any', version: '1.0.0' }, priority: 9 });
    await deps.jobs.insert(job);
    const { job: again } = await rerunJob(deps, { ...caller, jobId: job.id, changes: { start: false } });
    checkJob(again);
    expect(again).toMatchObject({ status: 'ready', rerunOf: job.id, priority: 9 });
  });
});

describe('a rerun of a draft that was aborted', () => {
  async function abortedDraft() {
    const world = await draftWorld();
    const { service: _, ...job } = endedJob('aborted', { name: 'draft' });
    await world.deps.jobs.insert(job);
    const rerun = (changes: Parameters<typeof rerunJob>[1]['changes']) =>
      rerunJob(world.deps, { ...caller, jobId: job.id, changes });
    return { ...world, rerun };
  }

  test('is refused while it names no service, and reports that as missing', async () => {
    const { rerun } = await abortedDraft();
    const extension = { errors: [{ pointer: '/service', detail: 'is required', keyword: 'required' }] };
    await expect(rerun({})).rejects.toMatchObject({ slug: 'invalid-request', extension });
  });

  test('is started with the given service, or becomes a draft again', async () => {
    const { rerun } = await abortedDraft();
    expect((await rerun({ service: 'any' })).job).toMatchObject({ status: 'pending', name: 'any' });
    expect((await rerun({ start: false })).job).toMatchObject({ status: 'draft', name: 'draft' });
  });
});

describe('validateSubmission', () => {
  test('refuses every request that a submission would be refused for', async () => {
    const { deps } = await draftWorld();
    const check = (submission: object) => validateSubmission(deps, { tenant: 'local', submission });
    await expect(check({})).rejects.toMatchObject({ slug: 'invalid-request' });
    await expect(check({ service: 'ecko' })).rejects.toMatchObject({ slug: 'service-not-found' });
    await expect(check({ service: 'echo' })).rejects.toMatchObject({ slug: 'ambiguous-version' });
    await expect(check({ service: 'echo@1' })).rejects.toMatchObject({ slug: 'invalid-parameters' });
  });

  test('stores nothing and marks nothing for a request that would be accepted', async () => {
    const { deps } = await draftWorld();
    const submission = { service: 'echo@1.0.0', parameters: { size: 1, note: 'x'.repeat(5000) } };
    await validateSubmission(deps, { tenant: 'local', submission });
    await validateSubmission(deps, { tenant: 'local', submission: { start: false } });
    const version = { tenant: 'local', name: 'echo', version: '1.0.0' };
    expect((await deps.services.get(version))?.used).toBe(false);
    expect(deps.objects.keys()).toEqual([]);
    expect((await deps.jobs.list({ tenant: 'local', limit: 10 })).jobs).toEqual([]);
  });
});
