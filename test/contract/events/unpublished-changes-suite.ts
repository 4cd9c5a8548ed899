import { beforeEach, expect, test } from 'vitest';
import { tombstoneOf } from '../../../core/jobs/model/tombstone.ts';
import type {
  UnpublishedChange,
  UnpublishedChanges,
} from '../../../core/ports/events/unpublished-changes.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';

/** A store of kept batches, and a way to keep one as the publisher's mapping does. */
export interface KeptBatches {
  readonly unpublished: UnpublishedChanges;
  /** Keeps a batch at a second after the start of the test, and returns its name. */
  keep(
    second: number,
    batch: { readonly changes: readonly UnpublishedChange[]; readonly unreadableParts?: number },
  ): Promise<string>;
}

/** The contract of all stores of kept batches. `makeStore` returns an empty one; the caller cleans up. */
export function describeUnpublishedChanges(makeStore: () => Promise<KeptBatches>): void {
  let store: KeptBatches;
  beforeEach(async () => {
    store = await makeStore();
  });

  const change = (position: number): UnpublishedChange => ({
    position: String(position),
    after: aJob({ id: jobIdAt(someTime + position) }),
  });
  const read = async (name: string) => {
    const batch = await store.unpublished.read(name);
    if (batch === undefined) throw new Error(`the batch ${name} is missing`);
    return batch;
  };
  const namesOf = async (after?: string) =>
    (await store.unpublished.list({ limit: 1000, ...(after === undefined ? {} : { after }) })).map(
      ({ name }) => name,
    );

  test('returns a creation, a transition and a deletion as they were written', async () => {
    const [before, after] = [aJob(), endedJob('succeeded')];
    const tombstone = tombstoneOf(after, { by: 'a', now: someTime + 9000 });
    const changes = [
      { position: '100', after: before },
      { position: '101', before, after },
      { position: '102', before: after, tombstone },
    ];
    const name = await store.keep(1, { changes });
    expect((await read(name)).changes).toEqual(changes);
    expect((await read(name)).unreadable).toEqual([]);
  });

  test('lists the batches in the order of their times, in parts', async () => {
    const names = [];
    for (const second of [3, 1, 2]) names.push(await store.keep(second, { changes: [change(second)] }));
    const [third = '', first = '', second = ''] = names;
    expect(await namesOf()).toEqual([first, second, third]);
    expect(await namesOf(first)).toEqual([second, third]);
    expect(await store.unpublished.list({ limit: 1 })).toMatchObject([{ name: first }]);
  });

  test('puts batches of the same second into one group, and others into other groups', async () => {
    for (const second of [1, 1, 2]) await store.keep(second, { changes: [change(second)] });
    const [one, two, three] = await store.unpublished.list({ limit: 10 });
    expect(one?.group).toBe(two?.group);
    expect(three?.group).not.toBe(one?.group);
    expect(one?.sizeBytes).toBeGreaterThan(0);
  });

  test('returns undefined for a batch that was removed, and removes it again without an error', async () => {
    const batch = await read(await store.keep(1, { changes: [change(1)] }));
    await store.unpublished.remove(batch, ['1']);
    await store.unpublished.remove(batch, ['1']);
    expect(await store.unpublished.read(batch.name)).toBeUndefined();
    expect(await namesOf()).toEqual([]);
  });

  test('keeps the changes that were not removed, and then removes them too', async () => {
    const name = await store.keep(1, { changes: [change(1), change(2), change(3)] });
    await store.unpublished.remove(await read(name), ['1', '3']);
    expect((await read(name)).changes).toEqual([change(2)]);
    await store.unpublished.remove(await read(name), ['2']);
    expect(await namesOf()).toEqual([]);
  });

  test('reports the parts that cannot be read, and keeps them when everything else is removed', async () => {
    const name = await store.keep(1, { changes: [change(1)], unreadableParts: 2 });
    const batch = await read(name);
    expect(batch.changes).toEqual([change(1)]);
    expect(batch.unreadable).toHaveLength(2);
    await store.unpublished.remove(batch, ['1']);
    const left = await read(name);
    expect(left.changes).toEqual([]);
    expect(left.unreadable).toHaveLength(2);
  });

  test('does not restore changes that another call has removed since the batch was read', async () => {
    const name = await store.keep(1, { changes: [change(1), change(2), change(3)] });
    const batch = await read(name);
    await store.unpublished.remove(batch, ['1', '2']);
    await store.unpublished.remove(batch, ['3']);
    expect((await read(name)).changes).toEqual([change(3)]);
    await store.unpublished.remove(batch, ['1', '2', '3']);
    await store.unpublished.remove(batch, ['1']);
    expect(await store.unpublished.read(name)).toBeUndefined();
  });
}
