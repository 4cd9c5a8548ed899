import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEventHistory } from '../../../core/events/event-history.ts';
import { type FollowedEvent, followEvents } from '../../../core/events/follow-events.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../core/jobs/model/tombstone.ts';
import { executingJob } from '../../support/jobs/executing-job.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { testSettings } from '../../support/jobs/test-settings.ts';

const key = { tenant: 'local', jobId: aJob().id };
const baseUrl = 'https://api.test';
const lookMilliseconds = 120;
const running = executingJob();
const ended = endedJob('succeeded', { transitions: running.transitions });

/** The state of the job from each number of milliseconds after the start, in order. */
type Course = readonly (readonly [from: number, job: Job | 'deleted' | 'unreadable'])[];

function world(course: Course) {
  const deps = testDeps();
  let reads = 0;
  const now = () => course.findLast(([from]) => deps.clock.now() >= someTime + from)?.[1];
  const jobs: typeof deps.jobs = {
    ...deps.jobs,
    get: async () => {
      reads += 1;
      await deps.clock.sleep(lookMilliseconds);
      const seen = now();
      if (seen === 'unreadable') throw new Error('away');
      return seen === 'deleted' ? undefined : seen;
    },
    tombstone: async () =>
      now() === 'deleted' ? tombstoneOf(ended, { by: 'me', now: deps.clock.now() }) : undefined,
  };
  const follow = async (after?: number, readerGone = new AbortController().signal) => {
    const log = await readEventHistory({ ...deps, jobs }, key, baseUrl);
    return followEvents({ ...deps, jobs }, { key, baseUrl, after, history: log, disconnected: readerGone });
  };
  return { deps, follow, reads: () => reads, elapsed: () => deps.clock.now() - someTime };
}

async function all(received: AsyncIterable<FollowedEvent>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const one of received) names.push(nameOf(one));
  return names;
}

function nameOf(received: FollowedEvent): string {
  if (received.kind === 'event') return received.event.type.replace('errand.job.', '');
  return received.kind === 'progress' ? `${(received.progress.completion ?? 0) * 100} %` : received.kind;
}

const at = (completion: number): Job => ({ ...running, progress: { completion } });

describe('a stream of the events of a job', () => {
  test('starts with the job and its past events, and continues with new events until the end of the job', async () => {
    const { follow, deps, elapsed } = world([
      [0, aJob()],
      [3000, running],
      [8000, ended],
    ]);
    const received = await all(await follow());
    expect(received).toEqual(['snapshot', 'pending', 'executing', 'succeeded', 'end']);
    expect(elapsed()).toBeLessThanOrEqual(9000);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('contains progress once when it changes', async () => {
    const { follow } = world([
      [0, at(0.25)],
      [3000, at(0.5)],
      [6000, ended],
    ]);
    const received = ['snapshot', 'pending', 'executing', '50 %', 'succeeded', 'end'];
    expect(await all(await follow())).toEqual(received);
    const later = world([
      [0, at(0.25)],
      [3000, ended],
    ]);
    expect(await all(await later.follow(2))).toEqual(['25 %', 'succeeded', 'end']);
  });

  test('contains every event exactly once, wherever the client reconnects', async () => {
    const course: Course = [
      [0, ended],
      [1, ended],
    ];
    for (const after of [0, 1, 2, 3]) {
      const received = await all(await world(course).follow(after));
      expect(received).toEqual([...['pending', 'executing', 'succeeded'].slice(after), 'end']);
    }
  });

  test('frees its slot when the client disconnects at any time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (count) => {
        const { follow, deps } = world([[0, running]]);
        let receivedCount = 0;
        for await (const _ of await follow()) {
          receivedCount += 1;
          if (receivedCount === count) break;
        }
        expect(deps.longPolls.leasesOf('local')).toEqual([]);
      }),
    );
  });

  test('frees its slot within two seconds when the client disconnects while nothing happens', async () => {
    const disconnected = new AbortController();
    const { follow, deps, elapsed } = world([[0, running]]);
    const { sleep } = deps.clock;
    deps.clock.sleep = async (milliseconds) => {
      if (elapsed() > 3000) disconnected.abort();
      await sleep(milliseconds);
    };
    expect(await all(await follow(2, disconnected.signal))).toEqual([]);
    expect(elapsed()).toBeLessThanOrEqual(5000);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('keeps its slot while it is open, and frees it within 31 s when its process dies', async () => {
    const { follow, deps, elapsed } = world([[0, running]]);
    deps.settings = testSettings({ maxHeldCalls: 1 });
    const received = (await follow(2))[Symbol.asyncIterator]();
    const other = (now: number) => ({ tenant: 'local', id: 'other', expiresAt: now + 60_000 });
    while (elapsed() < 40_000) await received.next();
    // From here on the process is dead.
    const now = deps.clock.now();
    const one = { tenant: 1, total: 1000 };
    expect(await deps.longPolls.take(other(now), one, now)).toBe('full');
    expect(await deps.longPolls.take(other(now + 31_000), one, now + 31_000)).not.toBe('full');
  });

  test('ends when its lease is lost', async () => {
    const { follow, deps } = world([[0, running]]);
    deps.longPolls.renew = async () => 'lost';
    const received = await all(await follow(2));
    expect(received.at(-1)).toBe('reconnect');
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('contains a comment or an event every 10 s, for a minute, and no end of a running job', async () => {
    const { follow, deps, elapsed, reads } = world([[0, running]]);
    const heardAt: number[] = [];
    const received: string[] = [];
    for await (const one of await follow(2)) {
      expect(deps.longPolls.leasesOf('local')).toHaveLength(1);
      received.push(one.kind);
      heardAt.push(elapsed());
    }
    expect(received.pop()).toBe('reconnect');
    expect(new Set(received)).toEqual(new Set(['keep-alive']));
    expect(elapsed() - 60_000).toBeLessThanOrEqual(2 * lookMilliseconds);
    const gaps = [...heardAt, elapsed()].map((time, index) => time - (heardAt[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000);
    expect(reads()).toBeLessThan(80);
  });

  test('ends with the known events and a retry delay when its tenant has too many long polls', async () => {
    const { follow, deps, elapsed } = world([[0, running]]);
    deps.settings = testSettings({ maxHeldCalls: 0 });
    expect(await all(await follow(1))).toEqual(['executing', 'reconnect']);
    expect(elapsed()).toBe(lookMilliseconds);
  });

  test('needs no slot of a long poll for a job that has ended', async () => {
    const { follow, deps } = world([[0, ended]]);
    deps.settings = testSettings({ maxHeldCalls: 0 });
    expect(await all(await follow())).toEqual(['snapshot', 'pending', 'executing', 'succeeded', 'end']);
  });

  test('reports that a job was deleted, also when it starts after the deletion', async () => {
    const { follow } = world([
      [0, running],
      [2000, 'deleted'],
    ]);
    expect(await all(await follow(2))).toEqual(['succeeded', 'deleted', 'end']);
    const expectedAfterDeletion = ['pending', 'executing', 'succeeded', 'deleted', 'end'];
    expect(await all(await world([[0, 'deleted']]).follow())).toEqual(expectedAfterDeletion);
  });

  test('contains no end when the job cannot be read any more, and logs the error', async () => {
    const { follow, deps } = world([
      [0, running],
      [2000, 'unreadable'],
    ]);
    expect(await all(await follow(1))).toEqual(['executing']);
    expect(deps.lines).toEqual([expect.stringContaining('stream-failed')]);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });
});
