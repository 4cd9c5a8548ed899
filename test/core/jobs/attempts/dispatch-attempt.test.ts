import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceDefinition } from '../../../../core/contract/schemas/service-schemas.ts';
import { dispatchAttempt } from '../../../../core/jobs/attempts/dispatch-attempt.ts';
import { executionDigest } from '../../../../core/jobs/model/execution-digest.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { storeJson } from '../../../../core/jobs/records/stored-json.ts';
import { digest } from '../../../../core/std/digest.ts';
import { arbitraryJob } from '../../../support/jobs/arbitrary-job.ts';
import { scheduledJob } from '../../../support/jobs/batch-attempts.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';

const key = { tenant: 'local', jobId: aJob().id };
const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

async function world(
  change: Partial<Job> = {},
  payload?: 'envelope' | 'parameters',
  parametersJson?: string,
) {
  const deps = { ...testDeps(), settings: testSettings({ workerBaseUrl: 'https://api.test/prod' }) };
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' } as const;
  const definition = { dispatcher: payload === undefined ? dispatcher : { ...dispatcher, payload } };
  await deps.services.insert(aService(definition, { used: true }));
  const location = { ...key, role: 'parameters' } as const;
  const parameters = await storeJson(deps.objects, location, parametersJson ?? '{"text":"hi"}');
  await deps.jobs.insert(aJob({ parameters, ...change }));
  const dispatch = (executionId = 'A', attempt = 1) =>
    dispatchAttempt(deps, { ...key, attempt, executionId });
  return { deps, dispatch, stored: () => deps.jobs.get(key) };
}

/** Dispatches the attempt and returns the reasons for which it was not claimed, as they are logged. */
async function loggedReasons(deps: ReturnType<typeof testDeps>, attempt = 1): Promise<readonly unknown[]> {
  const reasons: unknown[] = [];
  const info: typeof deps.log.info = (message, fields) => {
    if (message === 'not-claimed') reasons.push(fields?.['reason']);
  };
  await dispatchAttempt({ ...deps, log: { ...deps.log, info } }, { ...key, attempt, executionId: 'A' });
  return reasons;
}

describe('dispatchAttempt', () => {
  test('claims the attempt and returns its input', async () => {
    const { dispatch, stored } = await world({ tags: ['t'] });
    const job = aJob();
    expect(await dispatch()).toEqual({
      route: 'lambda',
      tenant: 'local',
      jobId: job.id,
      attempt: 1,
      functionName: 'errand-service-echo',
      attemptTimeoutSeconds: 180,
      payload: {
        parameters: { text: 'hi' },
        job: {
          id: job.id,
          name: 'echo',
          attempt: 1,
          service: { name: 'echo', version: '1.0.0' },
          tags: ['t'],
          traceparent: job.traceparent,
        },
        worker: {
          url: `https://api.test/prod/v1/worker/jobs/${job.id}`,
          token: `ew_${Buffer.from('local').toString('base64url')}.secret-1`,
        },
      },
    });
    const claimed = await stored();
    if (claimed === undefined) throw new Error('gone');
    checkJob(claimed);
  });

  test('stores the digest of the token and never the token', async () => {
    const { dispatch, stored } = await world();
    await dispatch();
    const job = await stored();
    expect(job?.claim?.tokenDigest).toBe(digest(`ew_${Buffer.from('local').toString('base64url')}.secret-1`));
    expect(JSON.stringify(job)).not.toContain('secret-1');
  });

  test('passes the bare parameters to a function that requires them', async () => {
    const { dispatch } = await world({}, 'parameters');
    expect(await dispatch()).toMatchObject({ payload: { text: 'hi' } });
  });

  test('returns the same attempt again to the same execution, with a fresh token', async () => {
    const { dispatch } = await world();
    const [first, second] = [await dispatch(), await dispatch()];
    expect(second).toMatchObject({ route: 'lambda', attempt: 1 });
    expect(second).not.toEqual(first);
  });

  test('ends every other execution silently', async () => {
    const { deps, dispatch } = await world();
    await dispatch('A');
    expect(await dispatch('B')).toEqual({ route: 'none' });
    expect(await dispatch('B', 2)).toEqual({ route: 'none' });
    expect(deps.lines).toEqual(['not-claimed', 'not-claimed']);
  });

  test('logs why the attempt was not claimed', async () => {
    const claimable = await world();
    expect(await loggedReasons(claimable.deps, 2)).toEqual(['not-available']);
    expect(await loggedReasons(claimable.deps)).toEqual([]);
    const late = await world({ limits: { ...aJob().limits, timeoutSeconds: 0 } });
    expect(await loggedReasons(late.deps)).toEqual(['limit-reached']);
    const congested = await world();
    congested.deps.congestion.markCongested('lambda:errand-service-echo');
    expect(await loggedReasons(congested.deps)).toEqual(['queued']);
  });

  test('accepts exactly one of many concurrent executions', async () => {
    const { dispatch } = await world();
    const answers = await Promise.all(['A', 'B', 'C', 'D', 'E'].map((execution) => dispatch(execution)));
    expect(answers.filter(({ route }) => route === 'lambda')).toHaveLength(1);
  });

  test('returns none for a job that does not exist', async () => {
    const { deps } = await world();
    const input = { tenant: 'other', jobId: key.jobId, attempt: 1, executionId: 'A' };
    expect(await dispatchAttempt(deps, input)).toEqual({ route: 'none' });
  });

  test.each([4097, 102_400])('passes parameters of %i bytes inline', async (bytes) => {
    const { dispatch } = await world({}, 'envelope', textOf(bytes));
    expect(await dispatch()).toMatchObject({ payload: { parameters: 'x'.repeat(bytes - 2) } });
  });

  test('passes larger parameters by a URL that is valid for 15 minutes', async () => {
    const { dispatch } = await world({}, 'envelope', textOf(102_401));
    const result = await dispatch();
    expect(result).toMatchObject({ payload: { parametersUrl: expect.stringMatching(/expires=900$/) } });
    expect(result).not.toHaveProperty('payload.parameters');
  });

  test('ends silently when the job was aborted and deleted before its parameters were read', async () => {
    const parameters = { kind: 'object', key: 'tenants/local/jobs/x/parameters', sizeBytes: 5000 } as const;
    const { deps } = await world({ parameters });
    const get: typeof deps.objects.get = async (...given) => {
      const job = await deps.jobs.get(key);
      if (job?.claim === undefined) throw new Error('not claimed');
      const { claim: _, ...rest } = job;
      await deps.jobs.replace({ ...rest, status: 'aborted', version: job.version + 1 }, job.version);
      return deps.objects.get(...given);
    };
    const claim = { ...key, attempt: 1, executionId: 'A' };
    const objects = { ...deps.objects, get };
    expect(await dispatchAttempt({ ...deps, objects }, claim)).toEqual({ route: 'none' });
  });

  test('fails with a retryable error while the job is claimed and its parameters cannot be read', async () => {
    const parameters = { kind: 'object', key: 'tenants/local/jobs/x/parameters', sizeBytes: 5000 } as const;
    const { dispatch } = await world({ parameters });
    await expect(dispatch()).rejects.toThrow('is missing');
  });

  test('passes larger parameters inline to a function that accepts only bare parameters', async () => {
    const { dispatch } = await world({}, 'parameters', textOf(102_401));
    expect(await dispatch()).toMatchObject({ payload: 'x'.repeat(102_399) });
  });

  test('fails when the service or the parameters do not exist, and the attempt stays claimed', async () => {
    const noService = await world({ service: { name: 'gone', version: '1.0.0' } });
    await expect(noService.dispatch()).rejects.toThrow(/The service of the job .* is missing/);
    const noObject = await world({ parameters: { kind: 'object', key: 'tenants/x', sizeBytes: 5000 } });
    await expect(noObject.dispatch()).rejects.toThrow('tenants/x');
    expect((await noObject.stored())?.status).toBe('executing');
  });
});

describe('dispatchAttempt of a service with a resource that its tenant must not use', () => {
  const forbidden: readonly (readonly [string, ServiceDefinition['dispatcher'], string])[] = [
    ['a function of Errand', { kind: 'lambda', functionName: 'errand-settle' }, 'errand-settle'],
    ["another tenant's function", { kind: 'lambda', functionName: 'errand-service-acme__x' }, 'acme'],
    ['a foreign job definition', { kind: 'batch', jobDefinition: 'other' }, 'other'],
    [
      "another tenant's queue",
      { kind: 'batch', jobDefinition: 'errand-job-x', jobQueue: 'errand-queue-acme__x' },
      'errand-queue-acme__x',
    ],
    [
      'a command on a shared job definition',
      { kind: 'batch', jobDefinition: 'errand-job-x', command: ['sh', '-c', 'env'] },
      '/dispatcher/command must be omitted',
    ],
  ];
  const policy = { ...aJob().policy, maxAttempts: 10, retryOn: ['misconfigured' as const] };

  /** The job with its claim, if any, held by the execution `A` and not yet by a dispatcher. */
  function heldByA({ claim, dispatcherId: _, ...job }: Job): Job {
    return claim === undefined ? job : { ...job, claim: { ...claim, executionDigest: executionDigest('A') } };
  }

  async function stored(dispatcher: ServiceDefinition['dispatcher'], change: Partial<Job>) {
    const deps = testDeps();
    await deps.services.insert(aService({ dispatcher }, { used: true }));
    const job = aJob({ policy, ...change });
    await deps.jobs.insert(job);
    const dispatch = (executionId = 'A', attempt = 1) =>
      dispatchAttempt(deps, { ...key, jobId: job.id, attempt, executionId });
    return { deps, job, dispatch };
  }

  test.each(forbidden)(
    'ends a pending job immediately, by one write, for %s',
    async (_, dispatcher, expectedDetail) => {
      const { deps, job, dispatch } = await stored(dispatcher, {});
      expect(await dispatch()).toEqual({ route: 'none' });
      const ended = await deps.jobs.get(key);
      if (ended === undefined) throw new Error('gone');
      checkJob(ended);
      checkWrite(job, ended);
      expect(ended).toMatchObject({
        status: 'error',
        version: job.version + 1,
        failure: { code: 'misconfigured', retryable: false, detail: expect.stringContaining(expectedDetail) },
      });
      expect(await dispatch('B')).toEqual({ route: 'none' });
      expect(await deps.jobs.get(key)).toEqual(ended);
      expect(deps.lines).toContain('target-forbidden');
    },
  );

  test('logs that the resource is forbidden', async () => {
    const { deps } = await stored({ kind: 'lambda', functionName: 'errand-settle' }, {});
    expect(await loggedReasons(deps)).toEqual(['resource-forbidden']);
  });

  test.each([
    ['scheduled', scheduledJob()],
    ['executing', executingJob()],
  ])('ends a job that is %s and dispatched again by the execution that claimed it', async (_, job) => {
    const { deps, dispatch } = await stored({ kind: 'lambda', functionName: 'errand-settle' }, heldByA(job));
    expect(await dispatch()).toEqual({ route: 'none' });
    const ended = await deps.jobs.get(key);
    expect(ended).toMatchObject({ status: 'error', version: job.version + 1 });
    expect(ended).not.toHaveProperty('claim');
  });

  test('ends any other job by one write or leaves it unchanged, and never runs it', async () => {
    const any = fc.record({
      job: arbitraryJob(),
      ahead: fc.nat(1),
      own: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(any, async ({ job: arbitrary, ahead, own }) => {
        const service = { name: 'echo', version: '1.0.0' };
        const known = { ...arbitrary, service, policy };
        const before = own ? heldByA(known) : known;
        const functionName = 'errand-settle';
        const { deps, dispatch } = await stored({ kind: 'lambda', functionName }, before);
        expect(await dispatch('A', before.attempt + ahead)).toEqual({ route: 'none' });
        const after = await deps.jobs.get({ ...key, jobId: before.id });
        if (after === undefined) throw new Error('gone');
        if (after.version === before.version) return;
        checkJob(after);
        checkWrite(before, after);
        expect(after).toMatchObject({ status: 'error', failure: { code: 'misconfigured' } });
      }),
      { numRuns: 400 },
    );
  });
});

describe('dispatchAttempt of a service on Batch', () => {
  async function onBatch() {
    const deps = { ...testDeps(), settings: testSettings({ workerBaseUrl: 'https://api.test/prod' }) };
    const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-x' } as const;
    await deps.services.insert(aService({ dispatcher }, { used: true }));
    await deps.jobs.insert(aJob());
    const dispatch = (executionId: string) => dispatchAttempt(deps, { ...key, attempt: 1, executionId });
    return { deps, dispatch };
  }

  test('schedules the attempt, and passes on the input of its worker without parameters', async () => {
    const { deps, dispatch } = await onBatch();
    const token = `ew_${Buffer.from('local').toString('base64url')}.secret-1`;
    expect(await dispatch('A')).toEqual({
      route: 'batch',
      tenant: 'local',
      jobId: key.jobId,
      attempt: 1,
      worker: { url: `https://api.test/prod/v1/worker/jobs/${key.jobId}`, token },
    });
    const job = await deps.jobs.get(key);
    if (job === undefined) throw new Error('gone');
    checkJob(job);
    expect(job).toMatchObject({ status: 'scheduled', claim: { tokenDigest: digest(token) } });
  });

  test('ends every other execution silently', async () => {
    const { dispatch } = await onBatch();
    await dispatch('A');
    expect(await dispatch('B')).toEqual({ route: 'none' });
  });
});
