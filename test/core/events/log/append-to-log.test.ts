import { describe, expect, test } from 'vitest';
import { appendToLog } from '../../../../core/events/log/append-to-log.ts';
import { labelDigest } from '../../../../core/events/log/event-references.ts';
import { logTails } from '../../../../core/events/log/log-tails.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import type { EventLog, LogEntry } from '../../../../core/ports/events/event-log.ts';
import { everyInterleaving } from '../../../support/interleave.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';
import { memoryEventLog } from '../../../support/memory/events/memory-event-log.ts';
import { creation, dayMs, type LogDeps, logDeps } from './logged.ts';

const idsOf = (entries: readonly LogEntry[]) =>
  entries.map(({ events }) => events.map(({ jobId, sequence }) => `${jobId}/${sequence}`));

/** The publisher of another process. */
const anotherProcess = (deps: LogDeps): LogDeps => ({ ...deps, tails: logTails(deps) });

function countedReads(log: EventLog) {
  let reads = 0;
  const newest: EventLog['newest'] = (...input) => {
    reads += 1;
    return log.newest(...input);
  };
  return { log: { ...log, newest }, reads: () => reads };
}

describe('appendToLog', () => {
  test('appends the new transitions of a batch as one entry for each tenant', async () => {
    const deps = logDeps();
    const draft = aJob({ status: 'draft', tags: ['b', 'a'], group: 'c' });
    const after = endedJob('succeeded', { tags: ['b', 'a'], group: 'c' });
    const changes = [
      { position: '1', before: draft, after },
      { position: '2', before: after, after: { ...after, version: 3 } },
      { position: '3', before: after, tombstone: tombstoneOf(after, { by: 'me', now: someTime }) },
      { position: '4', before: draft },
      creation(5, { tenant: 'other' }),
    ];
    expect(await appendToLog(deps, changes)).toEqual([]);
    const digests = { tagDigests: ['b', 'a'].map(labelDigest), groupDigest: labelDigest('c') };
    const event = { jobId: after.id, service: 'echo', ...digests };
    expect(deps.eventLog.entriesOf('local')).toEqual([
      {
        tenant: 'local',
        number: someTime,
        isFirst: true,
        at: someTime,
        expiresAtEpochSeconds: Math.ceil((someTime + 30 * dayMs) / 1000),
        events: [
          { ...event, sequence: 2, kind: 'succeeded' },
          { ...event, sequence: 3, kind: 'deleted' },
        ],
      },
    ]);
    expect(deps.eventLog.entriesOf('other')).toHaveLength(1);
  });

  test('reads the end of a log once, and again only when another process has appended', async () => {
    const deps = logDeps();
    const { log, reads } = countedReads(deps.eventLog);
    const here = { ...deps, eventLog: log, tails: logTails({ eventLog: log, clock: deps.clock }) };
    for (let index = 0; index < 5; index += 1) await appendToLog(here, [creation(index)]);
    expect(reads()).toBe(1);
    await appendToLog(anotherProcess(deps), [creation(5)]);
    await appendToLog(here, [creation(6)]);
    expect(reads()).toBe(2);
    expect(idsOf(deps.eventLog.entriesOf('local')).flat()).toHaveLength(7);
  });

  test('appends nothing again that is in the log, in this process and in another one', async () => {
    const deps = logDeps();
    await appendToLog(deps, [creation(1), creation(2)]);
    await appendToLog(deps, [creation(1), creation(2)]);
    await appendToLog(anotherProcess(deps), [creation(2), creation(3), creation(3)]);
    const ids = idsOf(deps.eventLog.entriesOf('local'));
    expect(ids.map((entry) => entry.length)).toEqual([2, 1]);
    expect(new Set(ids.flat()).size).toBe(3);
  });

  test('knows what it has appended although the end of the log has been read again', async () => {
    const deps = logDeps();
    await appendToLog(deps, [creation(0)]);
    const other = anotherProcess(deps);
    for (let index = 1; index <= 30; index += 1) await appendToLog(other, [creation(index)]);
    await appendToLog(deps, [creation(31)]);
    await appendToLog(deps, [creation(0)]);
    expect(idsOf(deps.eventLog.entriesOf('local')).flat()).toHaveLength(32);
  });

  test('gives dense numbers to the entries of two processes, however their calls interleave', async () => {
    const orders = await everyInterleaving(['eventLog'], async () => {
      const deps = logDeps();
      const publisher = (indexes: readonly number[]) => async (own: LogDeps) => {
        const process = { ...own, tails: logTails(own) };
        for (const index of indexes) expect(await appendToLog(process, [creation(index)])).toEqual([]);
      };
      return {
        deps,
        processes: [publisher([1, 2]), publisher([3])],
        check: async () => {
          const entries = deps.eventLog.entriesOf('local');
          const [first] = entries;
          const start = first?.number ?? expect.fail();
          expect(entries.map(({ number }) => number)).toEqual([start, start + 1, start + 2]);
          expect(entries.map(({ isFirst }) => isFirst === true)).toEqual([true, false, false]);
          expect(new Set(idsOf(entries).flat()).size).toBe(3);
        },
      };
    });
    expect(orders).toBeGreaterThan(30);
  });

  test('never goes back in time, whatever the clocks of the processes are', async () => {
    const deps = logDeps();
    await appendToLog(deps, [creation(1)]);
    const slow = { ...deps.clock, now: () => deps.clock.now() - 5000 };
    const behind = { ...deps, clock: slow, tails: logTails({ ...deps, clock: slow }) };
    await appendToLog(behind, [creation(2)]);
    expect(deps.eventLog.entriesOf('local').map(({ at }) => at)).toEqual([someTime, someTime]);
  });

  test('starts a log above all earlier numbers when its entries have expired', async () => {
    const deps = logDeps();
    for (let index = 1; index <= 3; index += 1) await appendToLog(deps, [creation(index)]);
    await deps.clock.sleep(31 * dayMs);
    deps.eventLog.removeExpired(deps.clock.now());
    await appendToLog(deps, [creation(4)]);
    const [entry, ...others] = deps.eventLog.entriesOf('local');
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ number: someTime + 31 * dayMs, isFirst: true });
  });

  test('reports the changes of a tenant whose log fails, and appends those of the others', async () => {
    const deps = logDeps();
    const append: EventLog['append'] = async (entry) => {
      if (entry.tenant === 'other') throw new Error('throttled');
      return deps.eventLog.append(entry);
    };
    const failing = { ...deps, eventLog: { ...deps.eventLog, append } };
    const changes = [creation(1), creation(2, { tenant: 'other' }), creation(3)];
    expect(await appendToLog(failing, changes)).toEqual(['2']);
    expect(deps.lines).toEqual(['events-not-logged']);
    expect(deps.eventLog.entriesOf('local')).toHaveLength(1);
  });

  test('gives up when every number is taken, with growing pauses in between', async () => {
    const deps = logDeps();
    const taken = { ...deps, eventLog: { ...deps.eventLog, append: async () => 'taken' as const } };
    expect(await appendToLog(taken, [creation(1)])).toEqual(['1']);
    expect(deps.clock.sleeps).toHaveLength(10);
    expect(Math.max(...deps.clock.sleeps)).toBeLessThanOrEqual(200);
  });

  test('splits a batch that is too large for one entry', async () => {
    const deps = logDeps();
    const changes = Array.from({ length: 250 }, (_, index) => creation(index));
    await appendToLog(deps, changes);
    const sizes = deps.eventLog.entriesOf('local').map(({ events }) => events.length);
    expect(sizes).toEqual([100, 100, 50]);
  });

  test('keeps entries for the days of the setting', async () => {
    const deps = { ...logDeps(), settings: testSettings({ eventLogDays: 1 }) };
    await appendToLog(deps, [creation(1)]);
    const [entry] = deps.eventLog.entriesOf('local');
    expect(entry?.expiresAtEpochSeconds).toBe(Math.ceil((someTime + dayMs) / 1000));
  });
});

test('an in-memory log removes what has expired', async () => {
  const log = memoryEventLog();
  const entry = { tenant: 'local', at: 0, events: [{ jobId: 'a', sequence: 1, kind: 'pending' }] };
  await log.append({ ...entry, number: 1, expiresAtEpochSeconds: 10 });
  await log.append({ ...entry, number: 2, expiresAtEpochSeconds: 11 });
  log.removeExpired(10_000);
  expect(log.entriesOf('local').map(({ number }) => number)).toEqual([2]);
});
