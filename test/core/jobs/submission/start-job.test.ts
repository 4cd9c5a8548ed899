import { describe, expect, test } from 'vitest';
import { jobStatuses } from '../../../../core/contract/job-state.ts';
import type { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { awaitsAttemptSince, deadlineOf } from '../../../../core/jobs/model/time-limits.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { maxDraftTransitions } from '../../../../core/jobs/submission/draft-content.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { registerService } from '../../../../core/services/register-service.ts';
import { draftWorld, sizedParameters } from '../../../support/jobs/drafts.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, reconcileAfterMs } from '../../../support/jobs/jobs.ts';
import { aService } from '../../../support/jobs/test-deps.ts';

async function world() {
  const there = await draftWorld();
  const start = async (job: Job) => {
    const { job: after, service } = await startJob(there.deps, { key: keyOf(job) });
    checkJob(after);
    return { after, service };
  };
  const refusal = async (job: Job): Promise<ProblemError> => {
    const error: unknown = await start(job).then(
      () => 'started',
      (thrown: unknown) => thrown,
    );
    return error as ProblemError; // compared with the expected problem
  };
  return { ...there, start, refusal };
}

const complete = { service: 'echo@1.0.0', parameters: { size: 1 } };
const version = { tenant: 'local', name: 'echo', version: '1.0.0' };
const keyOf = ({ tenant, id }: Job) => ({ tenant, jobId: id });

describe('the start of a job that is ready', () => {
  test('sets it to pending, starts its limits, and starts the attempt state machine', async () => {
    const { deps, draft, stored, start } = await world();
    const job = await draft({ ...complete, timeoutSeconds: 100 });
    await deps.clock.sleep(86_400_000);
    const now = deps.clock.now();
    const { after, service } = await start(job);
    checkWrite(job, after);
    expect(await stored(job.id)).toEqual(after);
    expect(after).toMatchObject({
      status: 'pending',
      requestedAt: job.requestedAt,
      nextCheckAt: now + reconcileAfterMs,
    });
    expect(after.transitions).toEqual([...job.transitions, { status: 'pending', at: now, attempt: 0 }]);
    expect([deadlineOf(after), awaitsAttemptSince(after)]).toEqual([now + 100_000, now]);
    expect(after).not.toHaveProperty('draft');
    expect(deps.executions.starts).toEqual([
      { router: 'express', tenant: 'local', jobId: job.id, attempt: 1, start: 1, delaySeconds: 0 },
    ]);
    expect(service?.used).toBe(true);
    expect((await deps.services.get(version))?.used).toBe(true);
  });

  test('leaves a start that fails to the reconciler', async () => {
    const { deps, draft, start } = await world();
    deps.executions.refuse(new Error('throttled'));
    expect((await start(await draft(complete))).after.status).toBe('pending');
    expect(deps.lines).toEqual(['start-failed']);
  });

  test('returns the job when it is repeated, whatever happened to it, and starts nothing again', async () => {
    const { deps, draft, start } = await world();
    const job = await draft(complete);
    const { after } = await start(job);
    expect((await start(job)).after).toEqual(after);
    const aborted = await abortJob(deps, { key: keyOf(job), by: 'me' });
    expect((await start(job)).after).toEqual(aborted);
    expect(deps.executions.starts).toHaveLength(1);
  });

  test('happens once for any number of concurrent calls', async () => {
    const { deps, draft, start } = await world();
    const job = await draft(complete);
    const answers = await Promise.all([1, 2, 3, 4].map(async () => (await start(job)).after));
    expect(new Set(answers.map(({ version: count }) => count))).toEqual(new Set([2]));
    expect(deps.executions.starts).toHaveLength(1);
  });

  test('applies the current defaults, policy and limits of its service', async () => {
    const { deps, draft, start } = await world();
    const job = await draft(complete);
    const properties = { ...sizedParameters.properties, unit: { default: 'km' } };
    const definition = { parameters: { ...sizedParameters, properties }, retry: { maxAttempts: 9 } };
    await registerService(deps, { ...version, definition: aService(definition).definition });
    const { after } = await start(job);
    expect(after).toMatchObject({
      parameters: { json: '{"size":1,"unit":"km"}' },
      policy: { maxAttempts: 9 },
      limits: { attemptTimeoutSeconds: 180 },
    });
  });
});

describe('a start is refused', () => {
  test('for a draft, with the missing members, and writes nothing', async () => {
    const { draft, stored, refusal } = await world();
    const [nameless, faulty] = [await draft(), await draft({ ...complete, parameters: { size: 'big' } })];
    expect(await refusal(nameless)).toMatchObject({
      slug: 'job-not-ready',
      message: expect.stringContaining('/service'),
      extension: { missing: nameless.draft?.missing },
    });
    expect(await refusal(faulty)).toMatchObject({
      slug: 'job-not-ready',
      extension: { missing: [{ pointer: '/parameters/size', keyword: 'type' }] },
    });
    for (const job of [nameless, faulty]) expect(await stored(job.id)).toEqual(job);
  });

  test('for a job whose changed service cannot index its metadata: the job becomes a draft', async () => {
    const { deps, draft, stored, refusal, start } = await world();
    const job = await draft({ ...complete, metadata: { run: [7] } });
    const definition = { parameters: sizedParameters, indexedMetadata: ['run'] };
    await registerService(deps, { ...version, definition: aService(definition).definition });
    expect(await refusal(job)).toMatchObject({
      slug: 'job-not-ready',
      extension: { missing: [{ pointer: '/metadata/run', keyword: 'type' }] },
    });
    expect(await stored(job.id)).toMatchObject({ status: 'draft', indexedMetadata: ['run'] });
    await editJob(deps, { key: keyOf(job), edit: { metadata: { run: 7 } }, meetsPrecondition: () => true });
    expect((await start(job)).after).toMatchObject({ status: 'pending', indexedMetadata: ['run'] });
  });

  test('for a job whose changed service no longer accepts its parameters: the job becomes a draft', async () => {
    const { deps, draft, stored, refusal } = await world();
    const job = await draft(complete);
    const definition = { parameters: { type: 'object', required: ['width'] } };
    await registerService(deps, { ...version, definition: aService(definition).definition });
    expect(await refusal(job)).toMatchObject({
      slug: 'job-not-ready',
      extension: { missing: [{ pointer: '/parameters/width' }] },
    });
    const after = await stored(job.id);
    expect(after).toMatchObject({ status: 'draft', nextCheckAt: job.nextCheckAt });
    expect((await deps.services.get(version))?.used).toBe(false);
  });

  test('for such a job, without a change, if it has become a draft too often', async () => {
    const { deps, draft, stored, refusal } = await world();
    const job = await draft(complete);
    const transitions = Array.from({ length: maxDraftTransitions + 1 }, (_, index) => ({
      status: index % 2 === 0 ? ('ready' as const) : ('draft' as const),
      at: job.requestedAt,
      attempt: 0,
    }));
    const worn = { ...job, transitions, version: transitions.length };
    await deps.jobs.replace(worn, 1);
    const definition = { parameters: { type: 'object', required: ['width'] } };
    await registerService(deps, { ...version, definition: aService(definition).definition });
    expect(await refusal(job)).toMatchObject({
      slug: 'job-not-ready',
      extension: { missing: [{ pointer: '/parameters/width' }] },
    });
    expect(await stored(job.id)).toEqual(worn);
  });

  test('for a job whose service changes during the start', async () => {
    const { deps, draft, refusal } = await world();
    const job = await draft(complete);
    const definition = aService({ parameters: { type: 'object', required: ['width'] } }).definition;
    const replace = deps.services.replace;
    let isFirst = true;
    deps.services.replace = async (service, revision) => {
      if (isFirst) {
        isFirst = false;
        const stored = await deps.services.get(version);
        if (stored !== undefined)
          await replace({ ...stored, definition, revision: stored.revision + 1 }, stored.revision);
      }
      return replace(service, revision);
    };
    expect(await refusal(job)).toMatchObject({ extension: { missing: [{ pointer: '/parameters/width' }] } });
    expect((await deps.services.get(version))?.used).toBe(false);
  });

  test('for a job whose version was deleted since', async () => {
    const { deps, draft, refusal, start } = await world();
    const job = await draft(complete);
    await deps.services.remove(version, 1);
    expect(await refusal(job)).toMatchObject({
      slug: 'job-not-ready',
      extension: { missing: [{ pointer: '/service', keyword: 'service' }] },
    });
    await deps.services.insert(aService({}, version));
    expect((await start(job)).after.transitions.map(({ status }) => status)).toEqual([
      'ready',
      'draft',
      'ready',
      'pending',
    ]);
  });

  test('for a draft that was aborted, with the allowed actions', async () => {
    const { deps, draft, refusal } = await world();
    for (const submission of [{}, complete]) {
      const job = await draft(submission);
      await abortJob(deps, { key: keyOf(job), by: 'me' });
      expect(await refusal(job)).toMatchObject({
        slug: 'illegal-transition',
        extension: { actions: expect.arrayContaining([{ name: 'rerun', allowed: true }]) },
      });
    }
  });

  test.each(jobStatuses.filter((status) => status !== 'draft' && status !== 'ready'))(
    'for a job that was never a draft and is %s',
    async (status) => {
      const { deps, refusal } = await world();
      const job = aJob({ status });
      await deps.jobs.insert(job);
      expect(await refusal(job)).toMatchObject({
        slug: 'illegal-transition',
        extension: {
          actions: expect.arrayContaining([expect.objectContaining({ name: 'start', allowed: false })]),
        },
      });
      expect(deps.executions.starts).toEqual([]);
    },
  );

  test('for a job that does not exist or belongs to another tenant', async () => {
    const { draft, refusal } = await world();
    expect(await refusal(aJob())).toMatchObject({ slug: 'not-found' });
    expect(await refusal({ ...(await draft(complete)), tenant: 'other' })).toMatchObject({
      slug: 'not-found',
    });
  });
});

describe('the start of a job with a precondition', () => {
  test('is refused for any other version, and changes nothing', async () => {
    const { deps, draft, stored } = await world();
    const job = await draft(complete);
    const asked = startJob(deps, { key: keyOf(job), meetsPrecondition: () => false });
    await expect(asked).rejects.toThrow(expect.objectContaining({ slug: 'precondition-failed' }));
    expect(await stored(job.id)).toEqual(job);
    expect((await deps.services.get(version))?.used).toBe(false);
  });

  test('continues after a write of its own, and is refused after a write of another writer', async () => {
    const { deps, draft, stored } = await world();
    const job = await draft({ ...complete, parameters: {} });
    expect(job.status).toBe('draft');
    const definition = aService({ parameters: { type: 'object' } }).definition;
    await registerService(deps, { ...version, definition });
    const meetsPrecondition = (found: Job) => found.version === job.version;
    const { job: started } = await startJob(deps, { key: keyOf(job), meetsPrecondition });
    expect([started.status, started.version]).toEqual(['pending', job.version + 2]);
    expect((await stored(job.id))?.status).toBe('pending');
    const again = startJob(deps, { key: keyOf(job), meetsPrecondition });
    await expect(again).rejects.toThrow(expect.objectContaining({ slug: 'precondition-failed' }));
  });
});

test('of a concurrent edit and start, the first write wins, and the other call is refused', async () => {
  const { deps, draft, start, stored } = await world();
  const outcomes = new Set<string>();
  for (const editFirst of [true, false]) {
    const job = await draft(complete);
    const change = () =>
      editJob(deps, {
        key: keyOf(job),
        edit: { parameters: { size: 'big' } },
        meetsPrecondition: () => true,
      });
    const calls = editFirst ? [change(), start(job)] : [start(job), change()];
    await Promise.allSettled(calls);
    const after = await stored(job.id);
    outcomes.add(`${after?.status} ${after?.parameters.kind === 'inline' ? after.parameters.json : ''}`);
  }
  const legal = ['draft {"size":"big","unit":"m"}', 'pending {"size":1,"unit":"m"}'];
  for (const outcome of outcomes) expect(legal).toContain(outcome);
});
