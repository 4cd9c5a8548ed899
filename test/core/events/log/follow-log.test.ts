import { describe, expect, test } from 'vitest';
import { appendToLog } from '../../../../core/events/log/append-to-log.ts';
import { followLog, type LogMessage, startFollowing } from '../../../../core/events/log/follow-log.ts';
import { startPosition } from '../../../../core/events/log/list-events.ts';
import type { LogFilter } from '../../../../core/events/log/log-filter.ts';
import type { JobChange } from '../../../../core/events/publish-events.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import { logStream } from '../../../../functions/live/event-stream.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';
import { baseUrl, creation, dayMs, type LogDeps, logDeps, logged, loggedJob } from './logged.ts';

const never = new AbortController().signal;

async function start(deps: LogDeps, after: string | undefined, filter: LogFilter = {}) {
  const position = await startPosition(deps, 'local', after);
  return startFollowing(deps, { tenant: 'local', position, filter, limit: 3, baseUrl });
}

async function follow(deps: LogDeps, after: string | undefined, filter: LogFilter = {}) {
  return Array.fromAsync(followLog(deps, await start(deps, after, filter), never));
}

const nameOf = (message: LogMessage) =>
  message.kind === 'event' ? message.event.type.replace('errand.job.', '') : message.kind;
const namesOf = (messages: readonly LogMessage[]) => messages.map(nameOf);

/** Makes things happen at times after the start, in milliseconds, while a stream sleeps. */
function schedule(deps: LogDeps, acts: ReadonlyArray<readonly [at: number, act: () => Promise<unknown>]>) {
  const { sleep } = deps.clock;
  const left = [...acts];
  deps.clock.sleep = async (milliseconds) => {
    await sleep(milliseconds);
    while (left[0] !== undefined && deps.clock.now() >= someTime + left[0][0]) await left.shift()?.[1]();
  };
}

/** A job that exists and is running, with its first event in the log. */
const created = (deps: LogDeps, index: number) =>
  logged(deps, aJob({ id: jobIdAt(someTime, BigInt(index)) }));

/** The end of a job: in its record, and as a change for the log. */
async function ended(deps: LogDeps, job: Job, status: 'succeeded' | 'failed' = 'succeeded') {
  const after = endedJob(status, { id: job.id });
  const next = { ...after, updatedAt: deps.clock.now() };
  await deps.jobs.replace(next, job.version);
  return { job: next, change: { position: job.id, before: job, after: next } satisfies JobChange };
}

describe('a stream of the event log', () => {
  test('contains the past events and the next ones, for a minute', async () => {
    const deps = logDeps();
    await loggedJob(deps, 1);
    schedule(deps, [
      [3000, () => loggedJob(deps, 2)],
      [8000, () => loggedJob(deps, 3)],
    ]);
    const messages = await follow(deps, undefined);
    const names = namesOf(messages);
    const events = names.filter((name) => name !== 'keep-alive');
    const [first, second] = ['pending', 'succeeded'];
    expect(events).toEqual([first, second, first, second, first, second, 'reconnect']);
    expect(names.filter((name) => name === 'keep-alive').length).toBeGreaterThanOrEqual(5);
    expect(deps.clock.now() - someTime).toBe(60_000);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('contains a message at least every 10 s', async () => {
    const deps = logDeps();
    const times = [deps.clock.now()];
    for await (const _ of followLog(deps, await start(deps, 'now'), never)) times.push(deps.clock.now());
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000);
  });

  test('continues with the same event wherever it was cut off, at any byte', async () => {
    const deps = logDeps();
    const jobs = [await loggedJob(deps, 1), await loggedJob(deps, 2), await loggedJob(deps, 3)];
    const filter = { jobIds: jobs.map(({ id }) => id) };
    const whole = async (after: string | undefined) =>
      (await Array.fromAsync(logStream(followLog(deps, await start(deps, after, filter), never)))).join('');
    const all = await whole(undefined);
    const expected = jobs.flatMap(({ id }) => [`${id}/1`, `${id}/2`]);
    expect(idsIn(all).ids).toEqual(expected);
    for (let cut = 0; cut <= all.length; cut += 1) {
      const received = idsIn(all.slice(0, cut));
      if (received.lastId !== undefined && (await start(deps, received.lastId, filter)).isOver) {
        expect(received.ids).toEqual(expected);
        continue;
      }
      const rest = idsIn(await whole(received.lastId));
      expect([...received.ids, ...rest.ids], `cut after ${cut}`).toEqual(expected);
    }
  });

  test('moves the position of its reader past events that the filter excludes', async () => {
    const deps = logDeps();
    for (let index = 0; index < 10; index += 1) await appendToLog(deps, [creation(index)]);
    const messages = await follow(deps, undefined, { tag: 'none' });
    expect(new Set(namesOf(messages))).toEqual(new Set(['keep-alive', 'reconnect']));
    const position = await startPosition(deps, 'local', messages.at(-1)?.position);
    expect(position).toMatchObject({ number: someTime + 10, index: 0 });
  });

  test('ends with the known events and a retry delay when its tenant has too many long polls', async () => {
    const deps = { ...logDeps(), settings: testSettings({ maxHeldCalls: 0 }) };
    for (let index = 0; index < 4; index += 1) await loggedJob(deps, index);
    const messages = await follow(deps, undefined);
    expect(namesOf(messages)).toHaveLength(9);
    expect(messages.at(-1)).toMatchObject({ kind: 'reconnect', seconds: 5 });
    expect(deps.clock.now()).toBe(someTime);
  });

  test('does not scan a long log without a lease for longer than a moment', async () => {
    const deps = { ...logDeps(), settings: testSettings({ maxHeldCalls: 0 }) };
    for (let index = 0; index < 8100; index += 1) await appendToLog(deps, [creation(index)]);
    const read: typeof deps.eventLog.read = async (range) => {
      await deps.clock.sleep(15);
      return deps.eventLog.read(range);
    };
    const messages = await follow({ ...deps, eventLog: { ...deps.eventLog, read } }, undefined, {
      tag: 'none',
    });
    expect(namesOf(messages)).toEqual(['reconnect']);
    // The page before the lease was refused, and the one that its free time allows.
    expect(deps.clock.now() - someTime).toBe(300);
    const position = await startPosition(deps, 'local', messages[0]?.position);
    expect(position).toMatchObject({ number: someTime + 4000, index: 0 });
  });

  test('ends when its lease is lost, when its reader disconnects, and when the log cannot be read', async () => {
    const deps = logDeps();
    await loggedJob(deps, 1);
    deps.longPolls.renew = async () => 'lost';
    expect((await follow(deps, 'now')).at(-1)).toMatchObject({ kind: 'reconnect', seconds: 5 });
    const disconnected = new AbortController();
    schedule(deps, [[deps.clock.now() - someTime + 3000, async () => disconnected.abort()]]);
    const messages = followLog(deps, await start(deps, 'now'), disconnected.signal);
    expect(await Array.fromAsync(messages)).toEqual([]);
    const opened = await start(deps, 'now');
    const read = async () => Promise.reject(new Error('away'));
    const failing = { ...deps, eventLog: { ...deps.eventLog, read } };
    expect(await Array.fromAsync(followLog(failing, opened, never))).toEqual([]);
    expect(deps.lines).toEqual(['log-stream-failed']);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('does not start at an expired position', async () => {
    const deps = logDeps();
    await loggedJob(deps, 1);
    const [first] = await follow(deps, undefined);
    await deps.clock.sleep(31 * dayMs);
    const expired = expect.objectContaining({ slug: 'position-expired' });
    await expect(start(deps, first?.position)).rejects.toThrow(expired);
  });
});

describe('a stream of the events of several jobs', () => {
  test('ends after the last event of the last job', async () => {
    const deps = logDeps();
    const [one, two] = [await created(deps, 1), await created(deps, 2)];
    const finish = async (job: Job) => appendToLog(deps, [(await ended(deps, job)).change]);
    schedule(deps, [
      [2000, () => finish(two)],
      [5000, () => finish(one)],
    ]);
    const messages = await follow(deps, undefined, { jobIds: [one.id, two.id] });
    expect(namesOf(messages)).toEqual(['pending', 'pending', 'succeeded', 'succeeded', 'end']);
    expect(deps.clock.now() - someTime).toBeLessThanOrEqual(6100);
    for (const { position } of messages.slice(-2))
      expect((await start(deps, position, { jobIds: [one.id, two.id] })).isOver).toBe(true);
    expect((await start(deps, messages.at(-3)?.position, { jobIds: [one.id] })).isOver).toBe(false);
  });

  test('ends after the last event even if its other filters exclude it', async () => {
    const deps = logDeps();
    const job = await created(deps, 1);
    schedule(deps, [[2000, async () => appendToLog(deps, [(await ended(deps, job)).change])]]);
    const filter = { jobIds: [job.id], types: ['errand.job.pending'] };
    expect(namesOf(await follow(deps, undefined, filter))).toEqual(['pending', 'end']);
  });

  test('waits for the last event of a job that has ended, although the log does not have it yet', async () => {
    const deps = logDeps();
    const job = await created(deps, 1);
    const { change } = await ended(deps, job);
    schedule(deps, [[4000, () => appendToLog(deps, [change])]]);
    expect(namesOf(await follow(deps, 'now', { jobIds: [job.id] }))).toEqual(['succeeded', 'end']);
  });

  test('does not wait for an event that was not logged within a minute', async () => {
    const deps = logDeps();
    const job = await created(deps, 1);
    await ended(deps, job);
    await deps.clock.sleep(59_000);
    expect(namesOf(await follow(deps, 'now', { jobIds: [job.id] }))).toEqual(['end']);
    expect(deps.clock.now() - someTime).toBeLessThanOrEqual(61_100);
  });

  test('ends at once for jobs that ended long ago, that were deleted, and that never existed', async () => {
    const deps = logDeps();
    const [old, deleted] = [await loggedJob(deps, 1), await loggedJob(deps, 2)];
    const tombstone = tombstoneOf(deleted, { by: 'me', now: deps.clock.now() });
    await deps.jobs.replaceWithTombstone(tombstone, deleted.version);
    await appendToLog(deps, [{ position: '3', before: deleted, tombstone }]);
    const jobIds = [old.id, deleted.id, jobIdAt(someTime, 99n)];
    expect(namesOf(await follow(deps, 'now', { jobIds }))).toEqual(['end']);
    const all = await follow(deps, undefined, { jobIds });
    expect(namesOf(all)).toEqual(['pending', 'succeeded', 'pending', 'succeeded', 'deleted', 'end']);
    expect(deps.clock.now()).toBe(someTime);
  });

  test('contains a deletion that follows the end of the stream', async () => {
    const deps = logDeps();
    const job = await loggedJob(deps, 1);
    const messages = await follow(deps, undefined, { jobIds: [job.id] });
    const tombstone = tombstoneOf(job, { by: 'me', now: deps.clock.now() });
    await deps.jobs.replaceWithTombstone(tombstone, job.version);
    await appendToLog(deps, [{ position: '3', before: job, tombstone }]);
    const rest = await follow(deps, messages.at(-1)?.position, { jobIds: [job.id] });
    expect(namesOf(rest)).toEqual(['deleted', 'end']);
  });
});

/** The IDs of the events in a stream, and the last ID as a client keeps it: only complete blocks count. */
function idsIn(text: string): { readonly ids: readonly string[]; readonly lastId: string | undefined } {
  const ids: string[] = [];
  let lastId: string | undefined;
  for (const block of text.split('\n\n').slice(0, -1)) {
    const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
    lastId = fields.get('id') ?? lastId;
    const type = fields.get('event');
    if (type !== undefined && type !== 'end') ids.push(JSON.parse(fields.get('data') ?? '').id);
  }
  return { ids, lastId };
}
