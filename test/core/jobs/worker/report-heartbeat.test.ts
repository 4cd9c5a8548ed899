import { describe, expect, test } from 'vitest';
import { settleJob } from '../../../../core/jobs/model/settle-job.ts';
import { decideAbort } from '../../../../core/jobs/relations/abort-job.ts';
import { reportHeartbeat } from '../../../../core/jobs/worker/report-heartbeat.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { aJob, endedJob, reconcileAfterMs } from '../../../support/jobs/jobs.ts';
import {
  abortingJob,
  older,
  refusalOf,
  scheduledJob,
  stranger,
  worker,
  workerWorld,
} from './worker-world.ts';

const container = { ...worker, workerId: 'batch-1' };
const limits = { ...executingJob().limits, heartbeatSeconds: 20 };

describe('a heartbeat', () => {
  test('is stored with its time', async () => {
    const { deps, stored, pass } = await workerWorld();
    await pass(5000);
    expect(await reportHeartbeat(deps, worker)).toEqual({ abort: false });
    expect(await stored()).toMatchObject({ status: 'executing', reportedAt: deps.clock.now(), version: 3 });
    expect((await stored()).nextCheckAt).toBe(executingJob().nextCheckAt);
  });

  test('stores the invocation of the function with its time, and causes no write for it alone', async () => {
    const invocation = { requestId: '8286a188-ba32-4475-8077-530cd35c09a9', stream: 's' };
    const { deps, stored, pass } = await workerWorld();
    await reportHeartbeat(deps, worker);
    await reportHeartbeat(deps, { ...worker, invocation });
    expect(await stored()).not.toHaveProperty('invocation');
    await pass(15_000);
    await reportHeartbeat(deps, { ...worker, invocation });
    expect((await stored()).invocation).toEqual(invocation);
  });

  test.each([
    [undefined, 15_000],
    [86_400, 15_000],
    [20, 5000],
    [10, 2500],
  ])('with heartbeatSeconds %s is written again only after %i ms', async (heartbeatSeconds, pause) => {
    const given = heartbeatSeconds === undefined ? {} : { limits: { ...limits, heartbeatSeconds } };
    const { deps, stored, pass } = await workerWorld(executingJob(given));
    await pass(5000);
    await reportHeartbeat(deps, worker);
    await pass(pause - 1);
    expect(await reportHeartbeat(deps, worker)).toEqual({ abort: false });
    expect((await stored()).version).toBe(3);
    await pass(1);
    await reportHeartbeat(deps, worker);
    expect(await stored()).toMatchObject({ version: 4, reportedAt: deps.clock.now() });
  });

  test('is refused with a token other than that of the current claim, and changes nothing', async () => {
    const { issuedTokenFingerprints = [] } = executingJob();
    for (const job of [
      executingJob(),
      endedJob('succeeded', { issuedTokenFingerprints }),
      abortingJob(),
      scheduledJob(),
    ]) {
      const { deps, stored } = await workerWorld(job);
      expect(await refusalOf(reportHeartbeat(deps, older)), job.status).toBe('stale-attempt');
      expect(await stored()).toEqual(job);
    }
  });

  test('is unauthenticated with a token that the job never issued, whatever the state of the job is', async () => {
    for (const job of [executingJob(), aJob(), endedJob('succeeded'), abortingJob(), scheduledJob()]) {
      const { deps, stored } = await workerWorld(job);
      expect(await refusalOf(reportHeartbeat(deps, stranger)), job.status).toBe('unauthenticated');
      expect(await stored()).toEqual(job);
    }
  });

  test('is unauthenticated where the job does not exist, also when another tenant has it', async () => {
    const { deps } = await workerWorld();
    const foreign = { ...worker, key: { ...worker.key, tenant: 'other' } };
    expect(await refusalOf(reportHeartbeat(deps, foreign))).toBe('unauthenticated');
  });

  test('is accepted from the holder of a claim that was stored before jobs kept token fingerprints', async () => {
    const { issuedTokenFingerprints: _, ...unmarked } = executingJob();
    const { deps } = await workerWorld({ ...unmarked });
    expect(await reportHeartbeat(deps, worker)).toEqual({ abort: false });
    expect(await refusalOf(reportHeartbeat(deps, older))).toBe('unauthenticated');
  });

  test('gets a response that requests an abort while the attempt is being stopped, and writes nothing', async () => {
    const { deps, stored } = await workerWorld(abortingJob());
    expect(await reportHeartbeat(deps, worker)).toEqual({ abort: true });
    expect(await stored()).toEqual(abortingJob());
  });

  test('gets a response that requests an abort once the job was aborted, only if its worker had the attempt', async () => {
    const running = executingJob();
    const { next } = decideAbort(running, { by: 'me', now: startTime + 5, mode: 'fence' });
    const { deps, stored } = await workerWorld(next);
    expect(next?.endedClaim).toEqual({ tokenDigest: 'token-1' });
    expect(await reportHeartbeat(deps, worker)).toEqual({ abort: true });
    expect(await refusalOf(reportHeartbeat(deps, older))).toBe('stale-attempt');
    expect(await stored()).toEqual(next);
  });

  test('is stale once the attempt has ended in any other way', async () => {
    const outcome = { kind: 'failed', code: 'timeout', detail: '' } as const;
    const settlement = { attempt: 1, outcome, now: startTime + 5, jitter: 0, reconcileAfterMs };
    const { next } = settleJob(executingJob({ reportedAt: startTime }), settlement);
    expect(next?.status).toBe('retrying');
    const { deps } = await workerWorld(next);
    expect(await refusalOf(reportHeartbeat(deps, worker))).toBe('stale-attempt');
  });

  test('is stored despite a concurrent write of another writer', async () => {
    const { deps, stored } = await workerWorld();
    const rival = { ...executingJob(), tags: ['new'], version: 3 };
    const get: typeof deps.jobs.get = async (key) => {
      const job = await deps.jobs.get(key);
      if (job?.version === 2) await deps.jobs.replace(rival, 2);
      return job;
    };
    await reportHeartbeat({ ...deps, jobs: { ...deps.jobs, get } }, worker);
    expect(await stored()).toMatchObject({ tags: ['new'], version: 4, reportedAt: expect.any(Number) });
  });
});

describe('the first heartbeat of a container', () => {
  test('starts a scheduled attempt, and binds the attempt to the container', async () => {
    const waitingReason = { code: 'capacity', detail: 'full' } as const;
    const { deps, stored, pass } = await workerWorld(
      scheduledJob({ waitingReason, limits, nextCheckAt: startTime + 1e9 }),
    );
    await pass(7000);
    expect(await reportHeartbeat(deps, container)).toEqual({ abort: false });
    const now = deps.clock.now();
    expect(await stored()).toMatchObject({
      status: 'executing',
      startedAt: now,
      reportedAt: now,
      nextCheckAt: now + 20_000,
      dispatcherId: 'batch-1',
      claim: { executionDigest: 'A', tokenDigest: 'token-1', workerId: 'batch-1' },
    });
    expect(await stored()).not.toHaveProperty('waitingReason');
  });

  test('is refused when the attempt is bound to another Batch job', async () => {
    const { deps, stored } = await workerWorld(scheduledJob({ dispatcherId: 'batch-2' }));
    expect(await refusalOf(reportHeartbeat(deps, container))).toBe('stale-attempt');
    expect((await stored()).status).toBe('scheduled');
    expect(await reportHeartbeat(deps, { ...worker, workerId: 'batch-2' })).toEqual({ abort: false });
  });

  test('excludes every other container that has the same token', async () => {
    const { deps, stored } = await workerWorld(scheduledJob());
    await reportHeartbeat(deps, container);
    const bound = await stored();
    expect(bound.dispatcherId).toBe('batch-1');
    expect(await refusalOf(reportHeartbeat(deps, { ...worker, workerId: 'batch-2' }))).toBe('stale-attempt');
    expect(await refusalOf(reportHeartbeat(deps, worker))).toBe('stale-attempt');
    expect(await stored()).toEqual(bound);
    expect(await reportHeartbeat(deps, container)).toEqual({ abort: false });
  });

  test('must include the ID of the container', async () => {
    const { deps, stored } = await workerWorld(scheduledJob());
    expect(await refusalOf(reportHeartbeat(deps, worker))).toBe('invalid-request');
    expect((await stored()).status).toBe('scheduled');
  });

  test('is accepted from exactly one of several concurrent containers', async () => {
    const { deps } = await workerWorld(scheduledJob());
    const names = ['batch-1', 'batch-2', 'batch-3'];
    const answers = await Promise.allSettled(
      names.map((workerId) => reportHeartbeat(deps, { ...worker, workerId })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
