import { describe, expect, test } from 'vitest';
import { readEventHistory } from '../../../../core/events/event-history.ts';
import { appendToLog } from '../../../../core/events/log/append-to-log.ts';
import { type ListEventsInput, listEvents } from '../../../../core/events/log/list-events.ts';
import type { LogFilter } from '../../../../core/events/log/log-filter.ts';
import { encodePosition } from '../../../../core/events/log/log-position.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { encodeCursor } from '../../../../core/paging/cursor.ts';
import type { EventLog } from '../../../../core/ports/events/event-log.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';
import { baseUrl, creation, dayMs, type LogDeps, logDeps, logged, loggedJob } from './logged.ts';

const expired = expect.objectContaining({ slug: 'position-expired' });
const badCursor = expect.objectContaining({ slug: 'bad-cursor' });

const list = (deps: LogDeps, input: Partial<ListEventsInput> = {}) =>
  listEvents(deps, { tenant: 'local', filter: {}, limit: 1000, baseUrl, waitMs: 0, ...input });
const positionNow = async (deps: LogDeps) => (await list(deps, { after: 'now' })).position;
const idsOf = async (deps: LogDeps, input: Partial<ListEventsInput>) =>
  (await list(deps, input)).events.map(({ id }) => id);

/** Three jobs that succeeded, each an entry of two events. */
async function withJobs(count = 3) {
  const deps = logDeps();
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await loggedJob(deps, index, index === 1 ? { tags: ['odd'] } : {});
    ids.push(`${id}/1`, `${id}/2`);
  }
  return { deps, ids };
}

describe('listEvents', () => {
  test.each([1, 2, 3, 1000])('returns every event once, %i at a time', async (limit) => {
    const { deps, ids } = await withJobs();
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await list(deps, { limit, ...(after === undefined ? {} : { after }) });
      expect(page.events.length).toBeLessThanOrEqual(limit);
      if (page.events.length === 0) break;
      found.push(...page.events.map(({ id }) => id));
      after = page.position;
    }
    expect(found).toEqual(ids);
  });

  test('returns the same events as each job has them, also of a deleted job', async () => {
    const deps = logDeps();
    const job = await loggedJob(deps, 1);
    const tombstone = tombstoneOf(job, { by: 'me', now: someTime + 9 });
    await deps.jobs.replaceWithTombstone(tombstone, job.version);
    await appendToLog(deps, [{ position: '2', before: job, tombstone }]);
    const history = await readEventHistory(deps, { tenant: 'local', jobId: job.id }, baseUrl);
    const { events } = await list(deps);
    expect(events).toEqual(history.eventsAfter(0));
    expect(events.at(-1)?.type).toBe('errand.job.deleted');
  });

  test('reads only the jobs of the events that the filter selects, each once', async () => {
    const { deps } = await withJobs();
    const ofOther = { service: { name: 'other', version: '1.0.0' }, tags: ['night'], group: 'nightly' };
    const { id: other } = await loggedJob(deps, 7, ofOther);
    const read: string[][] = [];
    const getRecords: typeof deps.jobs.getRecords = (tenant, ids) => {
      read.push([...ids]);
      return deps.jobs.getRecords(tenant, ids);
    };
    const watched = { ...deps, jobs: { ...deps.jobs, getRecords } };
    const found = (filter: LogFilter) => idsOf(watched, { filter });
    const [one, two] = [jobIdAt(someTime), jobIdAt(someTime, 1n)];
    expect(await found({ services: ['other'] })).toEqual([`${other}/1`, `${other}/2`]);
    expect(await found({ tag: 'odd' })).toEqual([`${two}/1`, `${two}/2`]);
    expect(await found({ tag: 'odd', types: ['errand.job.succeeded'] })).toEqual([`${two}/2`]);
    expect(await found({ jobIds: [two, other], types: ['errand.job.pending'] })).toHaveLength(2);
    expect(await found({ jobIds: [one], tag: 'odd' })).toEqual([]);
    expect(await found({ group: 'nightly', tag: 'night' })).toEqual([`${other}/1`, `${other}/2`]);
    // A tag is no group, and a group is no tag.
    expect(await found({ group: 'night' })).toEqual([]);
    expect(await found({ tag: 'nightly' })).toEqual([]);
    expect(read).toEqual([[other], [two], [two], [two, other], [other]]);
  });

  test('continues after what the filter excluded, also on an empty page', async () => {
    const { deps } = await withJobs(1);
    const empty = await list(deps, { filter: { tag: 'none' } });
    expect(empty.events).toEqual([]);
    const { id } = await loggedJob(deps, 5);
    expect(await idsOf(deps, { after: empty.position })).toEqual([`${id}/1`, `${id}/2`]);
  });

  test('ends a page after many entries that the filter excludes, and continues there', async () => {
    const deps = logDeps();
    for (let index = 0; index < 2100; index += 1) await appendToLog(deps, [creation(index)]);
    const job = await loggedJob(deps, 9999, { tags: ['rare'] });
    const first = await list(deps, { filter: { tag: 'rare' } });
    expect(first.events).toEqual([]);
    const rest = await idsOf(deps, { filter: { tag: 'rare' }, after: first.position });
    expect(rest).toEqual([`${job.id}/1`, `${job.id}/2`]);
    expect(await idsOf(deps, { filter: { tag: 'rare' }, waitMs: 1 })).toEqual(rest);
  });

  test('ends a page after many events that the filter excludes, and continues there', async () => {
    const deps = logDeps();
    const changes = Array.from({ length: 30_000 }, (_, index) => creation(index));
    await appendToLog(deps, changes);
    const job = await loggedJob(deps, 99_999, { tags: ['rare'] });
    const first = await list(deps, { filter: { tag: 'rare' } });
    expect(first.events).toEqual([]);
    const rest = await idsOf(deps, { filter: { tag: 'rare' }, after: first.position });
    expect(rest).toEqual([`${job.id}/1`, `${job.id}/2`]);
  });

  test('ends a page where more events would not fit in a response', async () => {
    const deps = logDeps();
    const tags = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(128, '"'));
    for (let index = 0; index < 300; index += 1) await loggedJob(deps, index, { tags });
    const first = await list(deps);
    expect(first.events.length).toBeGreaterThan(100);
    expect(first.events.length).toBeLessThan(600);
    const next = await list(deps, { after: first.position, limit: 1 });
    const [job, sequence] = (first.events.at(-1)?.id ?? '').split('/');
    const following = sequence === '1' ? `${job}/2` : expect.stringMatching(/\/1$/);
    expect(next.events[0]?.id).toEqual(following);
  });

  test('starts after all events with `now`, also in an empty log', async () => {
    const deps = logDeps();
    const empty = await positionNow(deps);
    const { id } = await loggedJob(deps, 1);
    expect(await idsOf(deps, { after: empty })).toEqual([`${id}/1`, `${id}/2`]);
    const now = await positionNow(deps);
    expect(await idsOf(deps, { after: now })).toEqual([]);
    const next = await loggedJob(deps, 2);
    expect(await idsOf(deps, { after: now })).toEqual([`${next.id}/1`, `${next.id}/2`]);
  });

  test('returns the same position while nothing happens', async () => {
    const { deps } = await withJobs();
    const position = await positionNow(deps);
    await deps.clock.sleep(60_000);
    expect((await list(deps, { after: position })).position).toBe(position);
  });

  test('leaves out an event whose job no longer exists in any form, and logs that', async () => {
    const { deps } = await withJobs(1);
    await appendToLog(deps, [creation(8)]);
    expect((await list(deps)).events).toHaveLength(2);
    expect(deps.lines).toEqual(['logged-event-missing']);
  });

  test('refuses positions of other tenants, of other lists, and damaged ones', async () => {
    const { deps } = await withJobs();
    const own = await positionNow(deps);
    const made = (position: string) => encodeCursor({ list: 'event-log', tenant: 'local' }, position);
    for (const after of [
      (await list(deps, { tenant: 'other', after: 'now' })).position,
      encodeCursor({ list: 'events', tenant: 'local' }, '1.0.1'),
      own.slice(0, -1),
      'then',
      made('-1.0.1'),
      made('1.0'),
      made('1.x.2'),
    ])
      await expect(list(deps, { after }), after).rejects.toThrow(badCursor);
  });

  test('reports that the deployment has no event log', async () => {
    const deps = { ...logDeps(), settings: testSettings({ eventLogDays: 0 }) };
    await expect(list(deps)).rejects.toThrow(expect.objectContaining({ slug: 'event-log-off' }));
  });
});

describe('a position in the event log', () => {
  test('expires when events after it have expired', async () => {
    const { deps } = await withJobs();
    const { position } = await list(deps, { limit: 2 });
    await deps.clock.sleep(31 * dayMs);
    await expect(list(deps, { after: position })).rejects.toThrow(expired);
    deps.eventLog.removeExpired(deps.clock.now());
    await expect(list(deps, { after: position })).rejects.toThrow(expired);
    await loggedJob(deps, 9);
    await expect(list(deps, { after: position })).rejects.toThrow(expired);
    expect((await list(deps)).events).toHaveLength(2);
  });

  test('expires within an entry, too', async () => {
    const { deps } = await withJobs();
    const { position } = await list(deps, { limit: 1 });
    await deps.clock.sleep(31 * dayMs);
    await expect(list(deps, { after: position })).rejects.toThrow(expired);
  });

  test('expires for a reader that reads slower than the events expire', async () => {
    const deps = logDeps();
    await loggedJob(deps, 1);
    await deps.clock.sleep(10 * dayMs);
    await loggedJob(deps, 2);
    await deps.clock.sleep(10 * dayMs);
    await loggedJob(deps, 3);
    await deps.clock.sleep(9.9 * dayMs);
    // The reader has just read the first event, and the second job expires before its next read.
    const { position } = await list(deps, { limit: 2 });
    await deps.clock.sleep(10.2 * dayMs);
    await expect(list(deps, { after: position })).rejects.toThrow(expired);
  });

  test('stays valid as long as nothing after it has expired', async () => {
    const { deps } = await withJobs(1);
    const position = await positionNow(deps);
    await deps.clock.sleep(20 * dayMs);
    const { id } = await loggedJob(deps, 5);
    await deps.clock.sleep(20 * dayMs);
    deps.eventLog.removeExpired(deps.clock.now());
    expect(await idsOf(deps, { after: position })).toEqual([`${id}/1`, `${id}/2`]);
  });

  test('stays valid for a reader that reads regularly, also when the log has started again', async () => {
    const { deps } = await withJobs(1);
    let after = await positionNow(deps);
    for (let days = 0; days < 100; days += 20) {
      await deps.clock.sleep(20 * dayMs);
      deps.eventLog.removeExpired(deps.clock.now());
      after = (await list(deps, { after })).position;
    }
    const { id } = await loggedJob(deps, 5);
    expect(deps.eventLog.entriesOf('local')).toMatchObject([{ isFirst: true }]);
    expect(await idsOf(deps, { after })).toEqual([`${id}/1`, `${id}/2`]);
  });

  test('expires when the log has started again in the meantime', async () => {
    const { deps } = await withJobs(1);
    const after = await positionNow(deps);
    await deps.clock.sleep(100 * dayMs);
    deps.eventLog.removeExpired(deps.clock.now());
    await loggedJob(deps, 5);
    await expect(list(deps, { after })).rejects.toThrow(expired);
  });

  test('expires where a hole is, even if it is recent', async () => {
    const { deps } = await withJobs(1);
    const [entry] = deps.eventLog.entriesOf('local');
    const number = (entry?.number ?? 0) + 5;
    const { isFirst: _, ...later } = entry ?? expect.fail();
    await deps.eventLog.append({ ...later, number });
    const position = { number: number - 2, index: 0, notBefore: someTime };
    await expect(list(deps, { after: encodePosition('local', position) })).rejects.toThrow(expired);
  });

  test('follows a setting that keeps events for a shorter time', async () => {
    const { deps } = await withJobs();
    await deps.clock.sleep(2 * dayMs);
    const { id } = await loggedJob(deps, 9);
    const shorter = { ...deps, settings: testSettings({ eventLogDays: 1 }) };
    expect(await idsOf(shorter, {})).toEqual([`${id}/1`, `${id}/2`]);
  });

  test('a reader without a position passes any number of expired entries', async () => {
    const deps = logDeps();
    for (let index = 0; index < 2500; index += 1) await appendToLog(deps, [creation(index)]);
    await deps.clock.sleep(31 * dayMs);
    const { id } = await loggedJob(deps, 3000);
    const first = await list(deps, { filter: { tag: 'none' } });
    expect(await idsOf(deps, { after: first.position })).toEqual([`${id}/1`, `${id}/2`]);
  });
});

describe('a long poll of the event log', () => {
  test('returns as soon as there is an event that the filter selects', async () => {
    const { deps } = await withJobs(1);
    const after = await positionNow(deps);
    const { sleep } = deps.clock;
    let isAppended = false;
    deps.clock.sleep = async (milliseconds) => {
      await sleep(milliseconds);
      if (isAppended || deps.clock.now() < someTime + 5000) return;
      isAppended = true;
      await appendToLog(deps, [creation(4)]);
      await logged(deps, endedJob('failed', { id: jobIdAt(someTime, 5n) }));
    };
    const page = await list(deps, { after, filter: { types: ['errand.job.failed'] }, waitMs: 25_000 });
    expect(page.events.map(({ type }) => type)).toEqual(['errand.job.failed']);
    expect(page.waitedFully).toBe(true);
    expect(deps.clock.now() - someTime).toBeLessThanOrEqual(6100);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('ends without an event when its time is over, after at most two reads a second', async () => {
    const { deps } = await withJobs(1);
    const after = await positionNow(deps);
    let reads = 0;
    const read: EventLog['read'] = (range) => {
      reads += 1;
      return deps.eventLog.read(range);
    };
    const counted = { ...deps, eventLog: { ...deps.eventLog, read } };
    const page = await list(counted, { after, waitMs: 25_000 });
    expect([page.events, page.waitedFully]).toEqual([[], true]);
    expect(deps.clock.now() - someTime).toBe(25_000);
    expect(reads).toBeLessThan(50);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('ends early when its tenant has too many long polls, or its lease is lost', async () => {
    const { deps } = await withJobs(1);
    const after = await positionNow(deps);
    const full = { ...deps, settings: testSettings({ maxHeldCalls: 0 }) };
    expect(await list(full, { after, waitMs: 25_000 })).toMatchObject({ events: [], waitedFully: false });
    expect(deps.clock.now() - someTime).toBeLessThanOrEqual(100);
    const lost = { ...deps, longPolls: { ...deps.longPolls, renew: async () => 'lost' as const } };
    const page = await list({ ...lost, settings: testSettings() }, { after, waitMs: 60_000 });
    expect(page).toMatchObject({ events: [], waitedFully: false });
  });

  test('scans a long log for longer than its free time only with a lease', async () => {
    const deps = logDeps();
    for (let index = 0; index < 6100; index += 1) await appendToLog(deps, [creation(index)]);
    const reading = (given: Partial<LogDeps>) => {
      const read: EventLog['read'] = async (range) => {
        await deps.clock.sleep(15);
        return deps.eventLog.read(range);
      };
      return { ...deps, ...given, eventLog: { ...deps.eventLog, read } };
    };
    const input = { filter: { tag: 'none' }, waitMs: 25_000 };
    const startedAt = deps.clock.now();
    const full = reading({ settings: testSettings({ maxHeldCalls: 0 }) });
    const first = await list(full, input);
    expect(first).toMatchObject({ events: [], waitedFully: false });
    expect(deps.clock.now() - startedAt).toBe(150);
    const { id } = await loggedJob(deps, 9999, { tags: ['none'] });
    const rest = await list(reading({}), { ...input, after: first.position });
    expect(rest.events.map((event) => event.id)).toEqual([`${id}/1`, `${id}/2`]);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('frees its slot when the log cannot be read', async () => {
    const { deps } = await withJobs(1);
    const after = await positionNow(deps);
    let reads = 0;
    const read: EventLog['read'] = async (range) => {
      reads += 1;
      if (reads > 5) throw new Error('throttled');
      return deps.eventLog.read(range);
    };
    const failing = { ...deps, eventLog: { ...deps.eventLog, read } };
    await expect(list(failing, { after, waitMs: 25_000 })).rejects.toThrow('throttled');
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });
});
