import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProgressReport } from '../../../../core/contract/schemas/worker-schemas.ts';
import { mergeProgress, requireWithinTotal } from '../../../../core/jobs/worker/merge-progress.ts';
import { reportHeartbeat } from '../../../../core/jobs/worker/report-heartbeat.ts';
import { reportProgress } from '../../../../core/jobs/worker/report-progress.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { abortingJob, older, refusalOf, scheduledJob, worker, workerWorld } from './worker-world.ts';

async function world(job = executingJob()) {
  const made = await workerWorld(job);
  const report = (progress: ProgressReport, caller = worker) =>
    reportProgress(made.deps, { caller, progress });
  return { ...made, report };
}

describe('a report of progress', () => {
  test('is stored, with the completion that its steps imply', async () => {
    const { report, stored, pass, deps } = await world();
    await pass(5000);
    expect(await report({ stepsTotal: 8, stepsCompleted: 2, message: 'reading' })).toEqual({ abort: false });
    expect(await stored()).toMatchObject({
      progress: { stepsTotal: 8, stepsCompleted: 2, completion: 0.25, message: 'reading' },
      reportedAt: deps.clock.now(),
      transitions: executingJob().transitions,
    });
  });

  test('does not change omitted members', async () => {
    const { report, stored, pass } = await world();
    await report({ stepsTotal: 8, stepsCompleted: 2, message: 'reading' });
    await pass(1000);
    await report({ stepsCompleted: 4 });
    await pass(1000);
    await report({ message: 'writing' });
    expect((await stored()).progress).toEqual({
      stepsTotal: 8,
      stepsCompleted: 4,
      completion: 0.5,
      message: 'writing',
    });
  });

  test('is dropped within a second of the last one, and accepted anyway', async () => {
    const { report, stored, pass } = await world();
    await report({ completion: 0.1 });
    await pass(999);
    expect(await report({ completion: 0.2 })).toEqual({ abort: false });
    expect(await stored()).toMatchObject({ progress: { completion: 0.1 }, version: 3 });
    await pass(1);
    await report({ completion: 0.3 });
    expect(await stored()).toMatchObject({ progress: { completion: 0.3 }, version: 4 });
  });

  test.each([
    [900, 4],
    [1000, 4],
    [5000, 20],
  ])('is stored at most a second late beside a heartbeat every %i ms', async (pause, heartbeatSeconds) => {
    const limits = { ...executingJob().limits, heartbeatSeconds };
    const { report, stored, pass, deps } = await world(executingJob({ limits }));
    const shown: number[] = [];
    for (let round = 1; round <= 10; round += 1) {
      await reportHeartbeat(deps, worker);
      await pass(10);
      await report({ stepsCompleted: round });
      shown.push((await stored()).progress?.stepsCompleted ?? 0);
      await pass(pause - 10);
    }
    expect(shown.map((last, index) => index + 1 - last).filter((late) => late * pause > 1000)).toEqual([]);
  });

  test('is written once a second, however many heartbeats arrive between', async () => {
    const { report, stored, pass, deps } = await world();
    await reportHeartbeat(deps, worker);
    const { version } = await stored();
    for (let millisecond = 0; millisecond < 3000; millisecond += 100) {
      await reportHeartbeat(deps, worker);
      await report({ stepsCompleted: millisecond });
      await pass(100);
    }
    expect((await stored()).version - version).toBe(3);
  });

  test('that decreases is dropped, but counts as a heartbeat', async () => {
    const { report, stored, pass, deps } = await world();
    await report({ completion: 0.5, message: 'half' });
    await pass(20_000);
    expect(await report({ completion: 0.4, message: 'less' })).toEqual({ abort: false });
    expect(await stored()).toMatchObject({
      progress: { completion: 0.5, message: 'half' },
      reportedAt: deps.clock.now(),
    });
  });

  test('of more steps than the total of an earlier report is refused, and changes nothing', async () => {
    const { report, stored, pass } = await world();
    await report({ stepsTotal: 8, stepsCompleted: 2 });
    const known = await stored();
    for (const pause of [0, 2000]) {
      await pass(pause);
      await expect(report({ stepsCompleted: 9 })).rejects.toMatchObject({
        slug: 'invalid-request',
        extension: { errors: [{ pointer: '/stepsCompleted', keyword: 'maximum' }] },
      });
      expect(await stored()).toEqual(known);
    }
    await report({ stepsCompleted: 4 });
    await pass(1000);
    await report({ stepsTotal: 10, stepsCompleted: 9 });
    expect((await stored()).progress).toMatchObject({ stepsTotal: 10, stepsCompleted: 9 });
  });

  test('of a total below the steps of an earlier report is refused', async () => {
    const { report, pass } = await world();
    await report({ stepsCompleted: 5 });
    await pass(1000);
    await expect(report({ stepsTotal: 4 })).rejects.toMatchObject({
      slug: 'invalid-request',
      message: '/stepsTotal: must be at least stepsCompleted (5), but is 4; report both to change both',
    });
    expect(await report({ stepsTotal: 5 })).toEqual({ abort: false });
  });

  test('beyond its total is not refused when its attempt should stop', async () => {
    const { report } = await world({ ...abortingJob(), progress: { stepsTotal: 1 } });
    expect(await report({ stepsCompleted: 2 })).toEqual({ abort: true });
  });

  test('without members is a heartbeat', async () => {
    const { report, stored, deps } = await world();
    await report({});
    expect((await stored()).reportedAt).toBe(deps.clock.now());
    expect(await stored()).not.toHaveProperty('progress');
  });

  test('starts a scheduled attempt', async () => {
    const { report, stored } = await world(scheduledJob());
    await report({ completion: 0 }, { ...worker, workerId: 'batch-1' });
    expect(await stored()).toMatchObject({ status: 'executing', progress: { completion: 0 } });
  });

  test('gets a response that requests an abort, or is refused, like a heartbeat, and then changes nothing', async () => {
    const { report, stored } = await world(abortingJob());
    expect(await report({ completion: 1 })).toEqual({ abort: true });
    expect(await refusalOf(report({ completion: 1 }, older))).toBe('stale-attempt');
    expect(await stored()).toEqual(abortingJob());
  });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const steps = fc.nat(20);
const reports: fc.Arbitrary<ProgressReport> = fc.record(
  { stepsTotal: steps, stepsCompleted: steps, completion: share, message: fc.string({ maxLength: 3 }) },
  { requiredKeys: [], noNullPrototype: true },
);

function isRefused(...report: Parameters<typeof requireWithinTotal>): boolean {
  try {
    requireWithinTotal(...report);
    return false;
  } catch {
    return true;
  }
}

describe('progress with any reports', () => {
  test('never decreases, and always has a valid form', () => {
    fc.assert(
      fc.property(fc.array(reports, { maxLength: 12 }), (all) => {
        let known = mergeProgress(undefined, {});
        for (const told of all) {
          if (isRefused(known, told)) continue;
          const next = mergeProgress(known, told) ?? known;
          expect(next?.completion ?? 0).toBeGreaterThanOrEqual(known?.completion ?? 0);
          expect(next?.stepsCompleted ?? 0).toBeGreaterThanOrEqual(known?.stepsCompleted ?? 0);
          expect(next?.completion ?? 0).toBeLessThanOrEqual(1);
          expect(next?.stepsCompleted ?? 0).toBeLessThanOrEqual(next?.stepsTotal ?? 20);
          if (known?.completion !== undefined) expect(next?.completion).toBeDefined();
          known = next;
        }
      }),
    );
  });
});
