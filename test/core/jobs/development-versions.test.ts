import { describe, expect, test } from 'vitest';
import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { dispatchAttempt } from '../../../core/jobs/attempts/dispatch-attempt.ts';
import { settleAttempt } from '../../../core/jobs/attempts/settle-attempt.ts';
import { submitBatchAttempt } from '../../../core/jobs/batch/submit-batch-attempt.ts';
import { abortJob } from '../../../core/jobs/relations/abort-job.ts';
import { rerunJob } from '../../../core/jobs/submission/rerun-job.ts';
import { startJob } from '../../../core/jobs/submission/start-job.ts';
import { submitJob } from '../../../core/jobs/submission/submit-job.ts';
import { cachedServices } from '../../../core/services/cached-services.ts';
import { deleteService } from '../../../core/services/delete-service.ts';
import { registerService } from '../../../core/services/register-service.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';

const version = { tenant: 'local', name: 'thumbnails', version: '0.1.0-dev' };

/** A definition whose default, function and result schema contain its number. */
function definitionOf(edition: number): ServiceDefinition {
  const properties = { edition: { const: edition, default: edition } };
  return {
    parameters: { type: 'object', properties },
    result: { type: 'object', properties, required: ['edition'] },
    dispatcher: {
      kind: 'lambda',
      functionName: `errand-service-thumbnails-${edition}`,
      payload: 'parameters',
    },
    retry: { maxAttempts: edition + 2 },
  };
}

async function world() {
  const memory = testDeps();
  const deps = { ...memory, cachedServices: cachedServices(memory.services, memory.clock) };
  const attempts = { ...deps, services: deps.cachedServices };
  const register = (edition: number) =>
    registerService(deps, { ...version, definition: definitionOf(edition) });
  await register(0);
  const submit = async (draft: { readonly start?: false } = {}) => {
    const submission = { service: 'thumbnails@0.1.0-dev', ...draft };
    return (await submitJob(deps, { tenant: 'local', owner: 'key', submission })).job;
  };
  const dispatch = (jobId: string) =>
    dispatchAttempt(attempts, { tenant: 'local', jobId, attempt: 1, executionId: 'A' });
  const settle = async (jobId: string, edition: number) => {
    const report = { kind: 'value', value: { edition } } as const;
    await settleAttempt(attempts, { tenant: 'local', jobId, attempt: 1, report });
    return deps.jobs.get({ tenant: 'local', jobId });
  };
  return { deps, register, submit, dispatch, settle };
}

describe('a development version that is replaced after a job was accepted', () => {
  test('still runs the job with the function and the parameters of the accepted definition', async () => {
    const { register, submit, dispatch } = await world();
    const job = await submit();
    expect(await register(1)).toMatchObject({ outcome: 'replaced', service: { used: true } });
    expect(await dispatch(job.id)).toMatchObject({
      functionName: 'errand-service-thumbnails-0',
      payload: { edition: 0 },
    });
  });

  test('checks the result against the accepted definition', async () => {
    const { register, submit, dispatch, settle } = await world();
    const [first, second] = [await submit(), await submit()];
    for (const { id } of [first, second]) await dispatch(id);
    await register(1);
    expect((await settle(first.id, 0))?.status).toBe('succeeded');
    expect((await settle(second.id, 1))?.failure?.code).toBe('invalid-result');
  });

  test('keeps each definition of several replacements, also one that it had twice', async () => {
    const { register, submit, dispatch } = await world();
    const jobs = [];
    for (const edition of [1, 2, 1, 0]) {
      jobs.push(await submit());
      await register(edition);
    }
    const dispatched = await Promise.all(jobs.map(({ id }) => dispatch(id)));
    expect(dispatched).toMatchObject([0, 1, 2, 1].map((edition) => ({ payload: { edition } })));
  });

  test('accepts new jobs with the new definition, also in a process that has read the old one', async () => {
    const { register, submit, dispatch } = await world();
    await dispatch((await submit()).id);
    await register(1);
    const job = await submit();
    expect(job.policy.maxAttempts).toBe(3);
    expect(await dispatch(job.id)).toMatchObject({ functionName: 'errand-service-thumbnails-1' });
  });

  test('starts a draft with the definition at its start', async () => {
    const { deps, register, submit, dispatch } = await world();
    const draft = await submit({ start: false });
    expect(draft.definitionDigest).toBeUndefined();
    await submit();
    await register(1);
    const key = { tenant: 'local', jobId: draft.id };
    await startJob(deps, { key });
    await register(2);
    expect(await dispatch(draft.id)).toMatchObject({ payload: { edition: 1 } });
  });

  test('reruns the job with the current definition, and with its own limits', async () => {
    const { deps, register, submit, dispatch, settle } = await world();
    const { id } = await submit();
    await dispatch(id);
    await register(1);
    await settle(id, 0);
    const { job } = await rerunJob(deps, { tenant: 'local', owner: 'key', jobId: id, changes: {} });
    expect(job.policy.maxAttempts).toBe(3);
    expect(await dispatch(job.id)).toMatchObject({ payload: { edition: 1 } });
  });

  test('cannot be deleted', async () => {
    const { deps, register, submit } = await world();
    await submit();
    await register(1);
    await expect(deleteService(deps, version)).rejects.toMatchObject({ slug: 'service-in-use' });
  });
});

describe('a development version on AWS Batch that becomes a function after a job was accepted', () => {
  test('still submits the container of the accepted definition, and terminates it when the job is aborted', async () => {
    const { deps, register, submit, dispatch } = await world();
    const container = { kind: 'batch', jobDefinition: 'errand-job-thumbnails' } as const;
    await registerService(deps, { ...version, definition: { ...definitionOf(0), dispatcher: container } });
    const { id } = await submit();
    await register(1);
    const dispatched = await dispatch(id);
    if (dispatched.route !== 'batch') throw new Error(`The route is ${dispatched.route}`);
    const key = { tenant: 'local', jobId: id };
    const { worker } = dispatched;
    await submitBatchAttempt(deps, { ...key, attempt: 1, worker, isRepeated: false });
    expect(deps.batch.submissions).toMatchObject([{ jobDefinition: 'errand-job-thumbnails' }]);
    expect((await abortJob(deps, { key, by: 'key' })).status).toBe('aborting');
    expect(deps.batch.terminated).toHaveLength(1);
  });
});

describe('a replacement of a development version', () => {
  test('keeps no definition that no job has used', async () => {
    const { deps, register } = await world();
    const kept: unknown[] = [];
    const services = {
      ...deps.services,
      keepDefinition: async (service: unknown) => void kept.push(service),
    };
    await registerService({ ...deps, services }, { ...version, definition: definitionOf(1) });
    expect(kept).toEqual([]);
    expect((await register(1)).outcome).toBe('unchanged');
  });

  test('leaves the version unchanged when the old definition cannot be kept', async () => {
    const { deps, submit, dispatch } = await world();
    const { id } = await submit();
    const keepDefinition = () => Promise.reject(new Error('busy'));
    const services = { ...deps.services, keepDefinition };
    const replacing = registerService({ ...deps, services }, { ...version, definition: definitionOf(1) });
    await expect(replacing).rejects.toThrow('busy');
    expect(await dispatch(id)).toMatchObject({ payload: { edition: 0 } });
  });

  test('meets a submission that has checked the old definition but stored no job yet', async () => {
    const { deps, register, submit, dispatch } = await world();
    await submit();
    const insert: typeof deps.jobs.insert = async (job) => {
      await register(1);
      return deps.jobs.insert(job);
    };
    const interrupted = { ...deps, jobs: { ...deps.jobs, insert } };
    const submission = { service: 'thumbnails@0.1.0-dev' };
    const { job } = await submitJob(interrupted, { tenant: 'local', owner: 'key', submission });
    expect(await dispatch(job.id)).toMatchObject({ payload: { edition: 0 } });
  });
});

describe('a job of a version that is no development version', () => {
  test('stores no digest', async () => {
    const { deps } = await world();
    await registerService(deps, { ...version, version: '0.1.0-rc.1', definition: definitionOf(0) });
    const submission = { service: 'thumbnails@0.1.0-rc.1' };
    const { job } = await submitJob(deps, { tenant: 'local', owner: 'key', submission });
    expect(job).not.toHaveProperty('definitionDigest');
  });
});
