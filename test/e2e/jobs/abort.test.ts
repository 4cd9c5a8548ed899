import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../../../core/jobs/model/job.ts';
import { decideAbort } from '../../../core/jobs/relations/abort-job.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { executingJob } from '../../support/jobs/executing-job.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob } from '../../support/jobs/jobs.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import {
  endedJob,
  type JobBody,
  reconcileUntilEnded,
  statesOf,
  submitJob,
} from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { type Call, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { putJob } from '../../support/local-service/put-job.ts';

const other = newTenant();
/** Long enough to be aborted; aborted work continues to run, so it is short enough to leave capacity for others. */
const sleeper = { service: 'echo', parameters: { sleepSeconds: 4 } };
const unknownId = jobIdAt(0);

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
});
afterAll(() => errand?.end());

async function abort(jobId: string, call: Call = {}) {
  const response = await errand.call(`/v1/jobs/${jobId}/abort`, { method: 'POST', ...call });
  return expectDocumented(response, 'abortJob');
}

async function attemptsOf(jobId: string): Promise<readonly object[]> {
  const response = expectDocumented(await errand.call(`/v1/jobs/${jobId}/attempts`), 'getAttempts');
  expect(response.status).toBe(200);
  return response.body.items;
}

/** The job once it is in this state. */
function jobIn(status: string, jobId: string): Promise<JobBody> {
  return until(`job ${jobId} is ${status}`, async () => {
    const { body } = await errand.call(`/v1/jobs/${jobId}`);
    return body.status === status ? body : undefined;
  });
}

async function startedJob(submission: object = sleeper): Promise<JobBody> {
  return jobIn('executing', (await submitJob(errand, submission)).id);
}

/** A job whose start failed, so that it stays pending for a minute. */
async function unstartedJob(): Promise<JobBody> {
  const heal = errand.cloud.faults.add({ service: 'states', kind: 'error' });
  try {
    return await submitJob(errand, { service: 'echo' });
  } finally {
    heal();
  }
}

/** A job whose attempt is being stopped since the given time, to be checked at once; normally only Batch leads to that state. */
async function stoppingJob(salt: bigint, forMilliseconds = 0): Promise<Job> {
  const requestedAt = Date.now() - forMilliseconds;
  const id = jobIdAt(requestedAt - 10_000, salt);
  const job = {
    ...executingJob({ id }),
    requestedAt: requestedAt - 10_000,
    updatedAt: requestedAt - 10_000,
    nextCheckAt: requestedAt,
  };
  const { job: stopping } = decideAbort(
    { ...job, transitions: job.transitions.map((transition) => ({ ...transition, at: job.requestedAt })) },
    { by: 'local', now: requestedAt, mode: 'terminate' },
  ).result;
  await putJob(errand, stopping);
  return stopping;
}

const allowed = ({ actions }: JobBody) =>
  actions.filter((one: JobBody) => one.allowed).map(({ name }: JobBody) => name);

describe('a job that runs', () => {
  test('is aborted immediately, and every route and event reports the abort', async () => {
    const job = await startedJob();
    expect(allowed(job)).toEqual(['abort']);
    const response = await abort(job.id, { body: { reason: 'wrong file' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe(`"${job.version + 1}"`);
    expect(response.body).toMatchObject({
      status: 'aborted',
      error: { code: 'aborted', retryable: false, attempt: 1 },
      abort: {
        requestedAt: response.body.finishedAt,
        by: 'local',
        reason: 'wrong file',
        stopped: 'fenced',
        childrenAborted: 0,
      },
    });
    expect(allowed(response.body)).toEqual(['rerun', 'delete']);
    expect((await errand.call(`/v1/jobs/${job.id}`)).body).toEqual(response.body);
    expect((await errand.call(`/v1/jobs?status=aborted`)).body.items).toMatchObject([{ id: job.id }]);
    expect(await statesOf(errand, job.id)).toEqual(['pending', 'executing', 'aborted']);
    const result = await errand.call(`/v1/jobs/${job.id}/result`);
    expect(result).toMatchObject({ status: 409, body: { code: 'aborted', jobStatus: 'aborted' } });
    expect(await attemptsOf(job.id)).toEqual([
      {
        number: 1,
        status: 'aborted',
        startedAt: job.startedAt,
        finishedAt: response.body.finishedAt,
        code: 'aborted',
        detail: 'The job was aborted',
      },
    ]);
  });

  test('stays aborted when its service returns later', async () => {
    const job = await startedJob({ service: 'echo', parameters: { sleepSeconds: 1 } });
    const aborted = (await abort(job.id)).body;
    const log = join(errand.dataDirectory, 'logs', 'errand-settle.log');
    await until('the late report is refused', () => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
      return lines.some((line) => line.includes('report-stale') && line.includes(job.id));
    });
    expect((await errand.call(`/v1/jobs/${job.id}`)).body).toEqual(aborted);
  });

  test('ends a call that waits for it when it is aborted', async () => {
    const job = await startedJob();
    const paused = errand.call(`/v1/jobs/${job.id}`, { headers: { prefer: 'wait=20' } });
    const { body } = await abort(job.id);
    expect((await paused).body).toEqual(body);
  });
});

describe('a job that does not run', () => {
  test('is aborted before its first attempt, which then never starts', async () => {
    const job = await unstartedJob();
    expect(allowed(job)).toEqual(['abort']);
    const response = await abort(job.id);
    expect(response).toMatchObject({ status: 200, body: { attempt: 0, abort: { stopped: 'not-started' } } });
    expect(response.body.abort).not.toHaveProperty('reason');
    expect(await attemptsOf(job.id)).toEqual([]);
    expect(await statesOf(errand, job.id)).toEqual(['pending', 'aborted']);
  });

  test('is aborted between two attempts, of which the second never starts', async () => {
    const tooLong = { ...sleeper, attemptTimeoutSeconds: 1, retry: { maxAttempts: 3, backoffSeconds: 3600 } };
    const { id } = await submitJob(errand, tooLong);
    const retrying = await jobIn('retrying', id);
    const first = { number: 1, status: 'error', startedAt: retrying.startedAt, code: 'timeout' };
    expect(await attemptsOf(id)).toMatchObject([first]);
    const { body } = await abort(id);
    expect(body).toMatchObject({ status: 'aborted', attempt: 1, abort: { stopped: 'not-started' } });
    expect(body).not.toHaveProperty('nextAttemptAt');
    expect(await attemptsOf(id)).toMatchObject([first]);
    expect(await statesOf(errand, id)).toEqual(['pending', 'executing', 'retrying', 'aborted']);
  });
});

describe('a repeated abort', () => {
  test('gets the same response as the first, whatever its body', async () => {
    const { id } = await startedJob();
    const first = await abort(id, { body: { reason: 'first' }, headers: { prefer: 'wait=5' } });
    expect(first.headers.get('preference-applied')).toBe('wait=5');
    for (const call of [{ body: { reason: 'second' } }, { body: {} }, { body: '' }, {}]) {
      const again = await abort(id, call);
      expect(again).toMatchObject({ status: 200, body: first.body });
      expect(again.headers.has('preference-applied')).toBe(false);
    }
  });

  test('changes the job once when ten arrive concurrently', async () => {
    const { id, version } = await startedJob();
    const responses = await Promise.all(Array.from({ length: 10 }, () => abort(id)));
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(responses.map(({ body }) => body.version))).toEqual(new Set([version + 1]));
  });

  test('responds with the time to poll again and the URL while the attempt is being stopped', async () => {
    const { id } = await stoppingJob(1n);
    const response = await abort(id, { headers: { timeout: '0.1' } });
    expect(response).toMatchObject({
      status: 202,
      body: { status: 'aborting', abort: { stopped: 'terminated' } },
    });
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect(response.headers.get('location')).toBe(response.body.links.self);
    expect(response.headers.get('preference-applied')).toBe('wait=0.1');
    expect(allowed(response.body)).toEqual([]);
    expect(await attemptsOf(id)).toMatchObject([{ number: 1, status: 'aborting' }]);
  });

  test('waits for a job whose attempt is being stopped', async () => {
    const { id } = await stoppingJob(2n, 60_000);
    const paused = abort(id, { headers: { prefer: 'wait' } });
    await reconcileUntilEnded(errand, id);
    const response = await paused;
    expect(response).toMatchObject({ status: 200, body: { status: 'aborted', error: { code: 'aborted' } } });
    expect(response.headers.get('preference-applied')).toBe('wait=25');
    expect(await attemptsOf(id)).toMatchObject([{ number: 1, status: 'aborted', code: 'aborted' }]);
  });
});

describe('an abort is refused', () => {
  test.each([
    ['succeeded', { service: 'echo' }],
    ['failed', { service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } }],
    ['error', { ...sleeper, attemptTimeoutSeconds: 1, retry: { maxAttempts: 1 } }],
  ])('for a job that ended as %s, with the actions that are allowed instead', async (status, submission) => {
    const job = await endedJob(errand, (await submitJob(errand, submission)).id);
    expect(job.status).toBe(status);
    const response = await abort(job.id);
    expectProblem(response, 'already-ended');
    expect(response.body).toMatchObject({ detail: `The job has ended as ${status}`, actions: job.actions });
    expect((await errand.call(`/v1/jobs/${job.id}`)).body).toEqual(job);
    const [attempt] = await attemptsOf(job.id);
    expect(attempt).toMatchObject({
      number: 1,
      status,
      startedAt: job.startedAt,
      finishedAt: job.finishedAt,
    });
  });

  test('for a draft that is being deleted', async () => {
    const requestedAt = Date.now() - 10_000;
    const draft = aJob({
      id: jobIdAt(requestedAt),
      status: 'ready',
      draft: { overrides: {}, missing: [] },
      transitions: [{ status: 'ready', at: requestedAt, attempt: 0 }],
      cascade: { kind: 'delete', by: 'local', requestedAt },
      nextCheckAt: requestedAt + 600_000,
    });
    await putJob(errand, draft);
    expectProblem(await abort(draft.id), 'illegal-transition');
    expect((await errand.call(`/v1/jobs/${draft.id}`)).body).toMatchObject({ status: 'ready', version: 1 });
  });

  test.each([
    [{ reason: '' }, '/reason'],
    [{ reason: 'x'.repeat(1025) }, '/reason'],
    [{ reason: 5 }, '/reason'],
    [{ because: 'x' }, '/because'],
    ['null', ''],
  ])('for the body %j, and the job continues', async (body, pointer) => {
    const job = await unstartedJob();
    const response = await abort(job.id, { body });
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer }]);
    expect((await errand.call(`/v1/jobs/${job.id}`)).body.status).toBe('pending');
  });

  test('but not for a reason of 1,024 characters', async () => {
    const reason = '🙂'.repeat(512);
    expect((await abort((await unstartedJob()).id, { body: { reason } })).body.abort.reason).toBe(reason);
  });

  test("for a job that does not exist, or is another tenant's", async () => {
    const job = await unstartedJob();
    const foreign = other.call;
    for (const response of [
      await abort(unknownId),
      await abort('nonsense'),
      await abort(job.id, foreign),
      expectDocumented(await errand.call(`/v1/jobs/${unknownId}/attempts`), 'getAttempts'),
      expectDocumented(await errand.call(`/v1/jobs/${job.id}/attempts`, foreign), 'getAttempts'),
    ]) {
      expectProblem(response, 'not-found');
    }
    expect((await errand.call(`/v1/jobs/${job.id}`)).body.status).toBe('pending');
  });
});

test('the URN may name the job, and the response links to its attempts', async () => {
  const { id, urn, links } = await unstartedJob();
  expect((await abort(encodeURIComponent(urn))).body).toMatchObject({ id, status: 'aborted' });
  expect((await abort(urn)).body).toMatchObject({ id, status: 'aborted' });
  expect((await errand.call(links.attempts.slice(errand.url.length))).body).toEqual({ items: [] });
});

test('the list of attempts has every attempt of a retried job, the running one included', async () => {
  const tooLong = { ...sleeper, attemptTimeoutSeconds: 1, retry: { maxAttempts: 3, backoffSeconds: 0 } };
  const { id } = await submitJob(errand, tooLong);
  const running = await until('the third attempt runs', async () => {
    const attempts = await attemptsOf(id);
    return attempts.length === 3 ? attempts : undefined;
  });
  const timedOut = { status: 'error', code: 'timeout' };
  expect(running).toMatchObject([
    { number: 1, ...timedOut },
    { number: 2, ...timedOut },
    { number: 3, status: 'executing' },
  ]);
  await endedJob(errand, id);
  expect((await attemptsOf(id)).slice(2)).toMatchObject([{ number: 3, ...timedOut }]);
});

test('every documented response occurs', () => {
  expect(uncheckedResponses(['abortJob', 'getAttempts'])).toEqual([]);
});
