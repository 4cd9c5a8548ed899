import { describe, expect, test } from 'vitest';
import { followLog, startFollowing } from '../../../../core/events/log/follow-log.ts';
import { listEvents, startPosition } from '../../../../core/events/log/list-events.ts';
import { encodePosition, logStart } from '../../../../core/events/log/log-position.ts';
import { unlessInjected } from '../../../sim/faulty.ts';
import { baseUrl, type LogWorld, logWorld, tenants } from './log-world.ts';

const seeds = Array.from({ length: 150 }, (_, seed) => seed);
const jobCount = 8;

/** What a reader received, in order. */
interface Reader {
  readonly tenant: string;
  readonly ids: string[];
}

/** Reads pages of any size at any time, sometimes with a wait, and continues at the returned position. */
function pageReader(world: LogWorld, reader: Reader, filter: { readonly tag?: string } = {}) {
  return async (isWritten: () => boolean): Promise<void> => {
    let after: string | undefined;
    for (;;) {
      await world.time.sleep(world.random.whole(0, 2000));
      const wasWritten = isWritten();
      const page = await unlessInjected(
        listEvents(world.newProcess(), {
          tenant: reader.tenant,
          ...(after === undefined ? {} : { after }),
          filter,
          limit: world.random.whole(1, 5),
          baseUrl,
          waitMs: world.random.whole(0, 1) * 1500,
        }),
      );
      if (page === undefined) continue;
      after = page.position;
      reader.ids.push(...page.events.map(({ id }) => id));
      if (wasWritten && page.events.length === 0) return;
    }
  };
}

/** Follows the log in streams that are cut off after any message, and continues after the last ID. */
function streamReader(world: LogWorld, reader: Reader) {
  return async (isWritten: () => boolean): Promise<void> => {
    const { tenant } = reader;
    let lastEventId = encodePosition(tenant, logStart);
    for (;;) {
      const wasWritten = isWritten();
      const deps = world.newProcess();
      const start = await unlessInjected(
        (async () =>
          startFollowing(deps, {
            tenant,
            position: await startPosition(deps, tenant, lastEventId),
            filter: {},
            limit: world.random.whole(1, 5),
            baseUrl,
          }))(),
      );
      if (start === undefined) continue;
      if (wasWritten && start.page.events.length === 0 && start.page.isAtEnd) return;
      let left = world.random.whole(1, 6);
      for await (const message of followLog(deps, start, new AbortController().signal)) {
        lastEventId = message.position;
        if (message.kind === 'event') reader.ids.push(message.event.id);
        left -= 1;
        if (left === 0) break;
      }
    }
  };
}

function expectOrder(ids: readonly string[], world: LogWorld): void {
  for (const { id } of world.jobs) {
    const own = [...new Set(ids)].filter((one) => one.startsWith(id)).map((one) => Number(one.split('/')[1]));
    expect(own).toEqual(own.toSorted((left, right) => left - right));
  }
}

describe('the event log with two publishers, crashes, redeliveries and throttling', () => {
  test('gives every reader every event, in the sequence of each job', async () => {
    let duplicates = 0;
    for (const seed of seeds) {
      const world = logWorld(seed, seed % 3 === 0 ? 0 : 0.15);
      const readers = tenants.flatMap((tenant) => [0, 1].map((): Reader => ({ tenant, ids: [] })));
      const streams = tenants.map((tenant): Reader => ({ tenant, ids: [] }));
      const ofTag: Reader = { tenant: 'one', ids: [] };
      await world.run(jobCount, [
        ...readers.map((reader) => pageReader(world, reader)),
        ...streams.map((reader) => streamReader(world, reader)),
        pageReader(world, ofTag, { tag: 'even' }),
      ]);
      const about = `seed ${seed}`;
      for (const { tenant, ids } of [...readers, ...streams]) {
        expect(new Set(ids), about).toEqual(new Set(world.expected.get(tenant)));
        expectOrder(ids, world);
      }
      const even = world.jobs.filter(({ tenant, tags }) => tenant === 'one' && tags.length > 0);
      expect(new Set(ofTag.ids.map((id) => id.split('/')[0])), about).toEqual(
        new Set(even.map(({ id }) => id)),
      );
      for (const tenant of tenants) {
        const entries = world.log.entriesOf(tenant);
        const first = entries[0]?.number ?? 0;
        expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => first + index));
        expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted());
        const ids = entries.flatMap(({ events }) => events);
        duplicates += ids.length - (world.expected.get(tenant)?.length ?? 0);
      }
      // Nothing is on the bus that is not in the log.
      expect(world.unlogged, about).toEqual([]);
      expect(new Set(world.published), about).toEqual(new Set([...world.expected.values()].flat()));
    }
    // Every redelivery came while the end of the log still contained the batch.
    expect(duplicates).toBe(0);
  }, 120_000);
});
