import { describe, expect, test } from 'vitest';
import type { Completion, FailureReport } from '../../../../core/contract/schemas/worker-schemas.ts';
import { settleAttempt } from '../../../../core/jobs/attempts/settle-attempt.ts';
import { maxCheckedBytes } from '../../../../core/jobs/attempts/uploaded-result.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { getResult } from '../../../../core/jobs/queries/get-result.ts';
import { representJob } from '../../../../core/jobs/queries/represent-job.ts';
import { decideAbort } from '../../../../core/jobs/relations/abort-job.ts';
import { completeAttempt } from '../../../../core/jobs/worker/complete-attempt.ts';
import { failAttempt } from '../../../../core/jobs/worker/fail-attempt.ts';
import { requestResultUpload } from '../../../../core/jobs/worker/request-result-upload.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { reconcileAfterMs } from '../../../support/jobs/jobs.ts';
import { abortingJob, older, refusalOf, scheduledJob, worker, workerWorld } from './worker-world.ts';

const numbers = { type: 'object', properties: { rows: { type: 'number' } }, required: ['rows'] };
const again = { message: 'try later', retryable: true };

async function world(job?: Job, result?: object) {
  const made = await workerWorld(job, result === undefined ? {} : { result: { ...result } });
  const { deps } = made;
  return {
    ...made,
    complete: (completion: Completion, caller = worker) => completeAttempt(deps, { caller, completion }),
    fail: (failure: FailureReport, caller = worker) => failAttempt(deps, { caller, failure }),
    settle: (value: unknown) =>
      settleAttempt(deps, { ...worker.key, attempt: 1, report: { kind: 'value', value } }),
  };
}

/** Uploads a text as the worker would, and returns the reference. */
async function upload({ deps }: Awaited<ReturnType<typeof world>>, text: string): Promise<string> {
  const request = { mediaType: 'application/json', sizeBytes: Buffer.byteLength(text) };
  const { uploadUrl, reference } = await requestResultUpload(deps, { caller: worker, upload: request });
  await deps.objects.put(decodeURIComponent(new URL(uploadUrl).pathname.slice(1)), text);
  return reference;
}

describe('a completion', () => {
  test.each([[{ rows: 7 }], [null], ['text'], [false]])('ends the job with the result %j', async (result) => {
    const { complete, stored } = await world();
    expect(await complete({ result })).toEqual({ abort: false });
    expect(await stored()).toMatchObject({
      status: 'succeeded',
      result: { kind: 'inline', json: JSON.stringify(result) },
    });
  });

  test('returns the same response when it is repeated, and changes nothing', async () => {
    const { complete, stored } = await world();
    await complete({ result: { a: 1, b: 2 } });
    const first = await stored();
    expect(await complete({ result: { b: 2, a: 1 } })).toEqual({ abort: false });
    expect(await stored()).toEqual(first);
  });

  test('is stale when it is repeated with another outcome, and so is every other token', async () => {
    const { complete, fail, stored } = await world();
    await complete({ result: 1 });
    const first = await stored();
    expect(await refusalOf(complete({ result: 2 }))).toBe('stale-attempt');
    expect(await refusalOf(fail({ message: 'no' }))).toBe('stale-attempt');
    expect(await refusalOf(complete({ result: 1 }, older))).toBe('stale-attempt');
    expect(await stored()).toEqual(first);
  });

  test('is checked against the schema of the service, and a violation gets the same response each time', async () => {
    const { complete, stored } = await world(undefined, numbers);
    for (let time = 0; time < 2; time += 1)
      expect(await complete({ result: { rows: 'many' } })).toEqual({ abort: false });
    expect(await stored()).toMatchObject({ status: 'failed', failure: { code: 'invalid-result' } });
    expect((await stored()).failure?.detail).toContain('/rows');
  });

  test('takes precedence over the later return value of the function, which changes nothing', async () => {
    const { complete, settle, stored } = await world();
    await complete({ result: 'mine' });
    const first = await stored();
    expect(await settle(null)).toBe('stale');
    expect(await stored()).toEqual(first);
  });

  test('is stale when the function returned before, and nothing of it is stored', async () => {
    const { complete, settle, stored } = await world();
    await settle(1);
    expect(await refusalOf(complete({ result: 1 }))).toBe('stale-attempt');
    expect(await stored()).not.toHaveProperty('endedClaim');
  });

  test('from a container without an earlier report starts the attempt and ends it', async () => {
    const { complete, stored, pass, deps } = await world(scheduledJob());
    await pass(9000);
    await complete({ result: 1 }, { ...worker, workerId: 'batch-1' });
    expect(await stored()).toMatchObject({
      status: 'succeeded',
      startedAt: deps.clock.now(),
      finishedAt: deps.clock.now(),
      dispatcherId: 'batch-1',
    });
    expect((await stored()).transitions.map(({ status }) => status).slice(1)).toEqual([
      'scheduled',
      'executing',
      'succeeded',
    ]);
  });

  test('while the attempt is being stopped ends the job as aborted, and returns that each time', async () => {
    const { complete, stored } = await world(abortingJob());
    for (let time = 0; time < 2; time += 1) expect(await complete({ result: 1 })).toEqual({ abort: true });
    expect(await stored()).toMatchObject({ status: 'aborted', failure: { code: 'aborted' } });
    expect(await stored()).not.toHaveProperty('result');
  });

  test('is discarded once the job was aborted', async () => {
    const { next } = decideAbort(executingJob(), { by: 'me', now: startTime + 5, mode: 'fence' });
    const { complete, fail, stored } = await world(next);
    expect(await refusalOf(complete({ result: 1 }))).toBe('stale-attempt');
    expect(await refusalOf(fail(again))).toBe('stale-attempt');
    expect(await stored()).toEqual(next);
  });

  test('does not end an attempt that was claimed again while it was read', async () => {
    const { deps, stored } = await world();
    const claim = {
      attempt: 1,
      executionDigest: 'A',
      tokenDigest: 'token-2',
      to: 'executing',
      now: startTime + 9,
    } as const;
    const renewed = claimAttempt(executingJob(), claim).next;
    if (renewed === undefined) throw new Error('refused');
    const get: typeof deps.services.get = async (service) => {
      await deps.jobs.replace(renewed, 2);
      return deps.services.get(service);
    };
    const raced = { ...deps, services: { ...deps.services, get } };
    const input = { caller: worker, completion: { result: 1 } };
    expect(await refusalOf(completeAttempt(raced, input))).toBe('stale-attempt');
    expect(await stored()).toEqual(renewed);
  });
});

describe('an uploaded result', () => {
  test.each([1, 9000])(
    'of %i digits is stored as it was checked, whatever is uploaded later',
    async (digits) => {
      const made = await world(undefined, numbers);
      const json = `{"rows":${'7'.repeat(digits)}}`.replace(/7{309,}/, (all) => `0.${all}`);
      const resultReference = await upload(made, json);
      await made.complete({ resultReference, mediaType: 'application/json' });
      for (const key of made.deps.objects.keys().filter((one) => one.includes('/uploads/')))
        await made.deps.objects.put(key, 'no JSON at all');
      const job = await made.stored();
      expect(job.status).toBe('succeeded');
      expect(job.result).not.toHaveProperty('mediaType');
      expect(await getResult(made.deps, worker.key)).toEqual({ kind: 'value', json });
      expect(await representJob(made.deps, job, 'https://api.test')).toMatchObject({
        result: JSON.parse(json),
      });
    },
  );

  test.each([2, 9000])(
    'in JSON of a custom media type, of %i bytes more, is served as it was checked',
    async (more) => {
      const made = await world(undefined, numbers);
      const json = `{"rows":7}${' '.repeat(more)}`;
      const resultReference = await upload(made, json);
      await made.complete({ resultReference, mediaType: 'application/vnd.rows+json' });
      const { result } = await made.stored();
      expect(result).toMatchObject({
        sizeBytes: json.length,
        mediaType: 'application/vnd.rows+json',
        key: expect.stringMatching(/\/result-[\w-]{43}\.json$/),
      });
      expect(made.deps.objects.textOf(result?.kind === 'object' ? result.key : '')).toBe(json);
    },
  );

  test('that is replaced at every request is never larger than its measured size', async () => {
    const made = await world(undefined, numbers);
    const resultReference = await upload(made, '{"rows":7}');
    const { objects } = made.deps;
    const [uploaded = ''] = objects.keys();
    const large = `{"rows":"${'x'.repeat(maxCheckedBytes)}"}`;
    let requests = 0;
    const replacing = new Proxy(objects, {
      get: (store, name, receiver) => {
        const method: unknown = Reflect.get(store, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          const result: unknown = await Reflect.apply(method, store, given);
          requests += 1;
          if (requests === 1) await store.put(uploaded, large);
          return result;
        };
      },
    });
    const deps = { ...made.deps, objects: replacing };
    const completion = { resultReference, mediaType: 'application/json' };
    await completeAttempt(deps, { caller: worker, completion });
    expect(await made.stored()).toMatchObject({
      status: 'succeeded',
      result: { kind: 'inline', json: '{"rows":7}' },
    });
  });

  test('of another media type is not checked, and keeps its type', async () => {
    const made = await world(undefined, numbers);
    const resultReference = await upload(made, 'a,b\n1,2\n');
    await made.complete({ resultReference, mediaType: 'text/csv; charset=utf-8' });
    expect((await made.stored()).result).toMatchObject({
      sizeBytes: 8,
      mediaType: 'text/csv; charset=utf-8',
    });
  });

  test.each([
    ['{"rows":"many"}', 'application/json', '/rows'],
    ['{"rows":', 'application/json', 'is not JSON'],
    ['{"rows":"many"}', 'application/vnd.rows+json', '/rows'],
  ])('%s as %s is an invalid result', async (text, mediaType, words) => {
    const made = await world(undefined, numbers);
    const resultReference = await upload(made, text);
    await made.complete({ resultReference, mediaType });
    const { failure } = await made.stored();
    expect(failure).toMatchObject({ code: 'invalid-result', detail: expect.stringContaining(words) });
  });

  test.each([
    [0, 'failed'],
    [1, 'succeeded'],
  ])('of %i bytes beyond 4 MiB has the end "%s" when it violates the schema', async (more, status) => {
    const made = await world(undefined, numbers);
    const resultReference = await upload(made, `"${'x'.repeat(maxCheckedBytes - 2 + more)}"`);
    await made.complete({ resultReference, mediaType: 'application/json' });
    expect((await made.stored()).status).toBe(status);
  });

  test('must exist, and have the reference of this claim', async () => {
    const made = await world();
    const before = await made.stored();
    const { reference } = await requestResultUpload(made.deps, {
      caller: worker,
      upload: { mediaType: 'text/csv', sizeBytes: 5 },
    });
    for (const resultReference of [reference, 'result-1-other'])
      expect(await refusalOf(made.complete({ resultReference, mediaType: 'text/csv' }))).toBe(
        'invalid-request',
      );
    expect(await made.stored()).toEqual(before);
  });

  test('has a separate key for each claim, and only the holder of the attempt receives it', async () => {
    const { deps } = await world();
    const request = { mediaType: 'text/csv', sizeBytes: 5 };
    const ask = (caller = worker) => requestResultUpload(deps, { caller, upload: request });
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect(first.uploadUrl).toContain(
      encodeURIComponent(`tenants/local/jobs/${worker.key.jobId}/uploads/1-token-1`),
    );
    expect(first.uploadUrl).toMatch(/expires=900&size=5$/);
    expect(await refusalOf(ask(older))).toBe('stale-attempt');
  });
});

describe('a failure that the worker reports', () => {
  test.each([
    [{ message: 'no' }, 'no', undefined],
    [{ message: 'no', type: 'bad-csv', retryable: false }, 'bad-csv: no', 'bad-csv'],
  ])('ends the job with its message: %j', async (report, detail, serviceErrorType) => {
    const { fail, stored } = await world();
    expect(await fail(report)).toEqual({ abort: false });
    const job = await stored();
    expect(job.status).toBe('failed');
    const failure = { code: 'service-failed', detail, retryable: false, attempt: 1 };
    expect(job.failure).toEqual({ ...failure, ...(serviceErrorType && { serviceErrorType }) });
  });

  test('requests another attempt, which is started once for any number of repetitions', async () => {
    const { fail, stored, deps } = await world(
      executingJob({ progress: { completion: 0.5 }, reportedAt: startTime, progressAt: startTime }),
    );
    for (let time = 0; time < 3; time += 1) expect(await fail(again)).toEqual({ abort: false });
    const job = await stored();
    expect(job).toMatchObject({
      status: 'retrying',
      endedAttempts: [{ failure: { code: 'service-failed' } }],
    });
    for (const member of ['progress', 'reportedAt', 'progressAt']) expect(job).not.toHaveProperty(member);
    expect(deps.executions.starts).toHaveLength(1);
  });

  test('is also accepted while the next attempt runs, and does not change that', async () => {
    const { fail, complete, stored, deps } = await world();
    await fail(again);
    const claim = {
      attempt: 2,
      executionDigest: 'B',
      tokenDigest: 'token-2',
      to: 'executing',
      now: startTime + 90_000,
    } as const;
    const waiting = await stored();
    const running = claimAttempt(waiting, claim).next;
    if (running === undefined) throw new Error('refused');
    await deps.jobs.replace(running, waiting.version);
    expect(await fail(again)).toEqual({ abort: false });
    expect(await refusalOf(fail({ message: 'other' }))).toBe('stale-attempt');
    expect(await refusalOf(complete({ result: 1 }))).toBe('stale-attempt');
    expect(await stored()).toEqual(running);
  });

  test('leaves the next attempt to the reconciler when its start fails', async () => {
    const { fail, stored, deps } = await world();
    deps.executions.refuse(new Error('throttled'));
    expect(await fail(again)).toEqual({ abort: false });
    const { status, nextCheckAt, nextAttemptAt } = await stored();
    expect([status, nextCheckAt]).toEqual(['retrying', (nextAttemptAt ?? 0) + reconcileAfterMs]);
  });
});

describe('a second container of one attempt, whose submission response arrived too late', () => {
  const [one, other] = ['batch-1', 'batch-2'].map((workerId) => ({ ...worker, workerId }));

  test('is refused when it ends like the first one, while the first may repeat its report', async () => {
    const report = { message: 'no', retryable: false };
    for (const end of ['fail', 'complete'] as const) {
      const { complete, fail, stored } = await world(scheduledJob({ dispatcher: 'batch' }));
      const ended = (caller = one) =>
        end === 'fail' ? fail(report, caller) : complete({ result: 1 }, caller);
      expect(await ended()).toEqual({ abort: false });
      const first = await stored();
      expect(await ended()).toEqual({ abort: false });
      expect(await refusalOf(ended(other))).toBe('stale-attempt');
      expect(await stored()).toEqual(first);
    }
  });
});
