import { describe, expect, test } from 'vitest';
import { toSubmission } from '../../../../aws/batch/batch-submission.ts';
import { largestOwnVariables } from '../../../../core/contract/container-overrides.ts';
import { claimFingerprint } from '../../../../core/jobs/batch/batch-job-of.ts';
import { stopReasons } from '../../../../core/jobs/batch/stop-reasons.ts';
import { submitBatchAttempt } from '../../../../core/jobs/batch/submit-batch-attempt.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { transitionJob, withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { decideAbort } from '../../../../core/jobs/relations/abort-job.ts';
import { digest } from '../../../../core/std/digest.ts';
import { startTime } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';
import { missingDefinition } from '../../../support/memory/memory-batch.ts';

const worker = { url: 'https://api.test/v1/worker/jobs/x', token: 'ew_bG9jYWw.secret' };
const key = { tenant: 'local', jobId: aJob().id };

/** The job after its user aborted it. */
function aborting(job: Job): Job {
  const { next } = decideAbort(job, { by: 'ann', now: startTime, mode: 'terminate' });
  if (next === undefined) throw new Error('refused');
  return next;
}

/** A job whose first attempt was claimed for Batch, and a service that names a definition and nothing else. */
async function world(given: Partial<Job> = {}, dispatcher: object = {}) {
  const deps = testDeps();
  const own = { kind: 'batch', jobDefinition: 'errand-job-local__x', ...dispatcher } as const;
  await deps.services.insert(aService({ dispatcher: own }, { used: true }));
  const claim = { attempt: 1, executionDigest: 'A', tokenDigest: digest(worker.token), now: startTime };
  const { next } = claimAttempt(aJob(given), { ...claim, to: 'scheduled' });
  if (next === undefined) throw new Error('refused');
  await deps.jobs.insert(next);
  const submit = (isRepeated = false, access = worker) =>
    submitBatchAttempt(deps, { ...key, attempt: 1, worker: access, isRepeated });
  const stored = async () => {
    const job = await deps.jobs.get(key);
    if (job === undefined) throw new Error('gone');
    checkJob(job);
    return job;
  };
  /** Writes the job as another writer changed it. */
  const change = async (after: (job: Job) => Job) => {
    const job = await stored();
    await deps.jobs.replace(after(job), job.version);
  };
  return { deps, submit, stored, change, claimed: next };
}

describe('submitBatchAttempt', () => {
  test('submits the attempt and stores the ID of its Batch job', async () => {
    const { deps, submit, stored, claimed } = await world({ priority: 7 });
    expect(await submit()).toBe('submitted');
    const job = await stored();
    checkWrite(claimed, job);
    expect(job).toMatchObject({ status: 'scheduled', dispatcherId: 'batch-1' });
    expect(deps.batch.submissions).toEqual([
      {
        jobName: `errand-${job.id}-1`,
        jobDefinition: 'errand-job-local__x',
        environment: {
          ERRAND_JOB_ID: job.id,
          ERRAND_ATTEMPT: '1',
          ERRAND_WORKER_URL: worker.url,
          ERRAND_WORKER_TOKEN: worker.token,
          TRACEPARENT: job.traceparent,
          ERRAND_PARAMETERS: job.parameters.kind === 'inline' ? job.parameters.json : '',
        },
        attemptTimeoutSeconds: job.limits.attemptTimeoutSeconds,
        tenant: 'local',
        priority: 7,
        claim: claimFingerprint({ tokenDigest: digest(worker.token) }),
      },
    ]);
  });

  test('passes the worker the longest time without a report', async () => {
    const { deps, submit } = await world({ limits: { ...aJob().limits, heartbeatSeconds: 60 } });
    await submit();
    const own = deps.batch.submissions[0]?.environment ?? {};
    expect(own).toMatchObject({ ERRAND_HEARTBEAT_SECONDS: '60' });
    // The limit of registration.
    const { ERRAND_PARAMETERS: _, ...always } = own;
    expect(Object.keys(always).sort()).toEqual(Object.keys(largestOwnVariables).sort());
    for (const [name, value] of Object.entries(always))
      expect(value.length).toBeLessThanOrEqual(largestOwnVariables[name]?.length ?? 0);
  });

  test('submits no attempt that Batch already has', async () => {
    const { deps, submit, change } = await world();
    await change((job) => withWrite(job, startTime, { dispatcherId: 'batch-9' }));
    expect(await submit()).toBe('known');
    expect(deps.batch.submissions).toEqual([]);
  });

  test.each([
    [
      'was given to another execution',
      (job: Job) => withWrite(job, startTime, { claim: { executionDigest: 'B', tokenDigest: 'other' } }),
    ],
    [
      'is being aborted under a later claim',
      (job: Job) => aborting({ ...job, claim: { executionDigest: 'B', tokenDigest: 'other' } }),
    ],
    ['is to be tried again', (job: Job) => ({ ...withWrite(job, startTime, {}), attempt: 2 })],
  ])('ends silently when the job %s', async (_, after) => {
    const { deps, submit } = await world();
    const job = await deps.jobs.get(key);
    if (job === undefined) throw new Error('gone');
    await deps.jobs.replace(after(job), job.version);
    expect(await submit()).toBe('stale');
    expect(deps.batch.submissions).toEqual([]);
  });

  test.each([
    ['queue limit', { queueTimeoutSeconds: 300 }],
    ['time limit', { timeoutSeconds: 300 }],
  ])('submits nothing after the %s of the attempt, which the reconciler ends', async (_, limit) => {
    const { deps, submit, stored, claimed } = await world({ limits: { ...aJob().limits, ...limit } });
    await deps.clock.sleep(300_000);
    expect(await submit()).toBe('stale');
    expect(deps.batch.submissions).toEqual([]);
    expect(await stored()).toEqual(claimed);
  });

  test('ends a job that was aborting before any submission, because no report would end it', async () => {
    const { deps, submit, stored, change } = await world();
    await change(aborting);
    expect(await submit()).toBe('aborted');
    expect(await stored()).toMatchObject({
      status: 'aborted',
      failure: { code: 'aborted' },
      abort: { by: 'ann', stopped: 'not-started' },
    });
    expect(deps.batch.submissions).toEqual([]);
  });

  test('leaves an aborting job to its Batch job where an earlier try may have submitted it', async () => {
    const { submit, stored, change } = await world();
    await change(aborting);
    expect(await submit(true)).toBe('stale');
    expect(await stored()).toMatchObject({ status: 'aborting', abort: { stopped: 'terminated' } });
  });

  test('finds the submission of an earlier try whose response was lost', async () => {
    const { deps, submit, stored } = await world();
    await submit();
    const job = await stored();
    const { dispatcherId: _, ...unlearned } = job;
    await deps.jobs.replace({ ...unlearned, version: job.version + 1 }, job.version);
    expect(await submit(true)).toBe('submitted');
    expect(deps.batch.submissions).toHaveLength(1);
    expect(await stored()).toMatchObject({ dispatcherId: 'batch-1' });
  });

  test('submits on a retry if no earlier try has submitted', async () => {
    const { deps, submit } = await world();
    expect(await submit(true)).toBe('submitted');
    expect(deps.batch.submissions).toHaveLength(1);
  });

  test('stops its submission when the job was aborted meanwhile', async () => {
    const { deps, submit, change } = await world();
    const submitOnBatch = deps.batch.submit;
    const batch = {
      ...deps.batch,
      submit: async (attempt: Parameters<typeof submitOnBatch>[0]) => {
        const id = await submitOnBatch(attempt);
        await change((job) => transitionJob(job, 'aborting', { now: startTime, change: {} }));
        return id;
      },
    };
    const input = { ...key, attempt: 1, worker, isRepeated: false };
    expect(await submitBatchAttempt({ ...deps, batch }, input)).toBe('stale');
    expect(deps.batch.terminated).toEqual([{ dispatcherId: 'batch-1', reason: stopReasons.superseded }]);
    expect(await submit(true)).toBe('stale');
  });

  test('does not stop a container that has reported before its ID was written', async () => {
    const { deps, change } = await world();
    const submitOnBatch = deps.batch.submit;
    const result = { kind: 'inline', json: '1' } as const;
    const batch = {
      ...deps.batch,
      submit: async (attempt: Parameters<typeof submitOnBatch>[0]) => {
        const id = await submitOnBatch(attempt);
        await change((job) => transitionJob(job, 'succeeded', { now: startTime, change: { result } }));
        return id;
      },
    };
    const input = { ...key, attempt: 1, worker, isRepeated: false };
    expect(await submitBatchAttempt({ ...deps, batch }, input)).toBe('submitted');
    expect(deps.batch.terminated).toEqual([]);
  });

  test('throws the error of Batch when it is permanent, and does not change the job', async () => {
    const { submit, stored, claimed } = await world({}, { jobDefinition: missingDefinition });
    await expect(submit()).rejects.toMatchObject({ name: 'BatchRefusal' });
    expect(await stored()).toEqual(claimed);
  });

  test.each([
    ['a job definition outside the prefix', { jobDefinition: 'other' }, '/dispatcher/jobDefinition'],
    ["another tenant's job definition", { jobDefinition: 'errand-job-acme__x' }, '/dispatcher/jobDefinition'],
    ["another tenant's queue", { jobQueue: 'errand-queue-acme__x' }, '/dispatcher/jobQueue'],
    [
      'a command on a shared job definition',
      { jobDefinition: 'errand-job-x', command: ['sh'] },
      '/dispatcher/command',
    ],
  ])('refuses a stored definition with %s before it calls Batch', async (_, dispatcher, pointer) => {
    const { deps, submit, stored, claimed } = await world({}, dispatcher);
    await expect(submit()).rejects.toMatchObject({
      name: 'BatchRefusal',
      message: expect.stringContaining(pointer),
    });
    expect(deps.batch.submissions).toEqual([]);
    expect(await stored()).toEqual(claimed);
  });

  test('leaves parameters out that are too large for a variable, for the worker to request', async () => {
    const { deps, submit } = await world({ parameters: { kind: 'object', key: 'k', sizeBytes: 4097 } });
    await submit();
    expect(deps.batch.submissions[0]?.environment).not.toHaveProperty('ERRAND_PARAMETERS');
  });

  test("leaves parameters out where the service's own settings leave no room, for the worker to request", async () => {
    const json = JSON.stringify('x'.repeat(4000));
    const given = { parameters: { kind: 'inline', json } } as const;
    const roomy = await world(given, { environment: { A: 'b' }, command: ['run'] });
    await roomy.submit();
    expect(roomy.deps.batch.submissions[0]).toMatchObject({
      command: ['run'],
      environment: { A: 'b', ERRAND_PARAMETERS: json },
    });
    const full = await world(given, { environment: { A: 'b'.repeat(4000) } });
    await full.submit();
    expect(full.deps.batch.submissions[0]?.environment).not.toHaveProperty('ERRAND_PARAMETERS');
  });

  test.each([
    ['few long variables', { A: 'b'.repeat(2600) }, 'x'.repeat(4000)],
    [
      'many short ones',
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`V${i}`, 'x'])),
      'x'.repeat(4000),
    ],
    ['none, but parameters that grow when they are quoted', {}, '"'.repeat(1900)],
  ])('never exceeds the size limit of ECS because of parameters: %s', async (_, environment, text) => {
    const json = JSON.stringify(text);
    const { deps, submit } = await world({ parameters: { kind: 'inline', json } }, { environment });
    await submit();
    const { containerOverrides } = toSubmission(deps.batch.submissions[0] ?? expect.fail(), {
      jobQueue: 'q',
      jobDefinition: 'd:1',
    });
    // The variables that Batch adds contain names of up to 128 characters.
    expect(JSON.stringify(containerOverrides).length).toBeLessThan(8192 - 1000);
  });
});
