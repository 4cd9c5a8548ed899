import { beforeEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../../core/operations/model/operation.ts';
import type { OperationStore } from '../../../core/ports/operations/operation-store.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { anOperation } from '../../support/operations/an-operation.ts';

/** Defines the suite that every store of operations must pass. `makeStore` returns an empty store. */
export function describeOperationStore(makeStore: () => Promise<OperationStore>): void {
  describe('an operation store', () => {
    let store: OperationStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    const full: Operation = anOperation({
      selection: {
        kind: 'filter',
        filter: {
          tag: 'é',
          statuses: ['failed'],
          createdBefore: someTime,
          metadata: [{ kind: 'range', name: 'run', min: 0 }],
        },
        requested: { tag: 'é', status: ['failed'] },
      },
      work: { action: 'rerun', changes: { parameters: { text: 'x' }, tags: [] } },
      matching: { after: 'somewhere' },
      chunks: 3,
      cursor: { chunk: 1, offset: 17 },
      lease: 4,
      leasedUntil: someTime + 60_000,
      startedJobs: 90,
      stall: { since: someTime - 1000, pauses: 3 },
      tries: 2,
      matched: 1203,
      done: 40,
      refused: 6,
      failed: 1,
      abort: { requestedAt: someTime, by: 'someone', reason: 'because' },
      nextCheckAt: someTime + 60_000,
      version: 9,
    });

    test('returns an operation as it was stored, with all of its members', async () => {
      for (const operation of [
        anOperation(),
        full,
        { ...full, finishedAt: someTime, status: 'aborted' as const },
      ]) {
        const fresh = {
          ...operation,
          id: jobIdAt(
            someTime,
            BigInt(operation.version + operation.lease + (operation.finishedAt ? 100 : 0)),
          ),
        };
        expect(await store.insert(fresh)).toBe('inserted');
        expect(await store.get(keyOf(fresh))).toStrictEqual(fresh);
      }
      expect(await store.get({ tenant: 'other', operationId: full.id })).toBeUndefined();
    });

    test('inserts one operation per id', async () => {
      expect(await store.insert(full)).toBe('inserted');
      expect(await store.insert({ ...full, matched: 0 })).toBe('exists');
      expect(await store.get(keyOf(full))).toStrictEqual(full);
    });

    test('replaces an operation only in the expected version', async () => {
      await store.insert(full);
      const next = { ...full, version: 10, done: 50 };
      expect(await store.replace(next, 8)).toBe('conflict');
      expect(await store.replace(next, 9)).toBe('replaced');
      expect(await store.replace({ ...next, done: 0 }, 9)).toBe('conflict');
      expect(await store.get(keyOf(full))).toStrictEqual(next);
      expect(await store.replace(anOperation({ id: jobIdAt(1) }), 1)).toBe('conflict');
    });

    test('lets one of several concurrent writers win', async () => {
      await store.insert(full);
      const writes = Array.from({ length: 10 }, (_, index) =>
        store.replace({ ...full, version: 10, done: index }, 9),
      );
      const results = await Promise.all(writes);
      expect(results.filter((result) => result === 'replaced')).toHaveLength(1);
      expect((await store.get(keyOf(full)))?.done).toBe(results.indexOf('replaced'));
    });

    test('lists the operations of a tenant, the newest first, in pages', async () => {
      const ids = Array.from({ length: 7 }, (_, index) => jobIdAt(someTime + index));
      for (const id of ids) await store.insert(anOperation({ id }));
      await store.insert(anOperation({ id: jobIdAt(someTime + 3), tenant: 'other' }));
      await store.putChunk({ tenant: 'local', operationId: ids[0] ?? '' }, chunk(1, ids));
      const listed: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.list({
          tenant: 'local',
          limit: 3,
          ...(after === undefined ? {} : { after }),
        });
        expect(page.operations.length).toBeLessThanOrEqual(3);
        listed.push(...page.operations.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      expect(listed).toEqual(ids.toReversed());
      expect(await store.list({ tenant: 'nobody', limit: 3 })).toEqual({ operations: [] });
      expect(await store.list({ tenant: 'local', limit: 7 })).not.toHaveProperty('next');
    });

    test('counts the running operations of a tenant', async () => {
      for (let count = 0; count < 3; count += 1)
        await store.insert(anOperation({ id: jobIdAt(someTime, BigInt(count)) }));
      await store.insert(
        anOperation({ id: jobIdAt(someTime + 1), status: 'succeeded', finishedAt: someTime }),
      );
      await store.insert(anOperation({ tenant: 'other' }));
      expect(await store.countRunning('local', 5)).toBe(3);
      expect(await store.countRunning('local', 2)).toBe(2);
      expect(await store.countRunning('nobody', 5)).toBe(0);
      const ended = anOperation({ id: jobIdAt(someTime, 0n), version: 2, status: 'aborted' });
      await store.replace(ended, 1);
      expect(await store.countRunning('local', 5)).toBe(2);
    });

    test('lists the operations that are due, the earliest first', async () => {
      const at = (nextCheckAt: number, tenant = 'local') =>
        anOperation({ id: jobIdAt(someTime, BigInt(nextCheckAt)), tenant, nextCheckAt });
      for (const operation of [at(3), at(1), at(2, 'other'), at(4)]) await store.insert(operation);
      const { nextCheckAt: _, ...ended } = anOperation({ id: jobIdAt(9), status: 'succeeded' });
      await store.insert(ended);
      expect(await store.listDue(3, 10)).toEqual([at(1), at(2, 'other'), at(3)].map(keyOf));
      expect(await store.listDue(3, 2)).toEqual([at(1), at(2, 'other')].map(keyOf));
      const { nextCheckAt: _due, ...published } = { ...at(1), version: 2 };
      await store.replace(published, 1);
      expect(await store.listDue(1, 10)).toEqual([]);
    });

    test('returns the IDs of a chunk in their order', async () => {
      const ids = Array.from({ length: 1000 }, (_, index) => jobIdAt(someTime - index, BigInt(index * 7)));
      expect(await store.putChunk(keyOf(full), chunk(1, ids))).toBe('stored');
      expect(await store.getChunk(keyOf(full), 0)).toEqual(ids);
      expect(await store.getChunk(keyOf(full), 1)).toBeUndefined();
      expect(await store.getChunk({ ...keyOf(full), tenant: 'other' }, 0)).toBeUndefined();
    });

    test('never replaces a part of a process by one of an earlier process', async () => {
      const [first, second] = [[jobIdAt(1)], [jobIdAt(2)]];
      expect(await store.putChunk(keyOf(full), chunk(2, first))).toBe('stored');
      expect(await store.putChunk(keyOf(full), chunk(1, second))).toBe('superseded');
      expect(await store.getChunk(keyOf(full), 0)).toEqual(first);
      expect(await store.putChunk(keyOf(full), chunk(2, second))).toBe('stored');
      expect(await store.putChunk(keyOf(full), chunk(3, first))).toBe('stored');
      expect(await store.putRefusals(keyOf(full), page(0, 2))).toBe('stored');
      expect(await store.putRefusals(keyOf(full), { ...page(0, 1), refusals: [] })).toBe('superseded');
      expect(await store.listRefusals(keyOf(full), 0, 5)).toStrictEqual([page(0, 2)]);
    });

    test('lists pages of refusals in the order of their positions', async () => {
      for (const position of [200, 0, 1_000_000, 50]) await store.putRefusals(keyOf(full), page(position));
      await store.putRefusals({ ...keyOf(full), operationId: jobIdAt(7) }, page(60));
      await store.putRefusals({ ...keyOf(full), tenant: 'other' }, page(70));
      expect(await store.listRefusals(keyOf(full), 0, 10)).toStrictEqual(
        [0, 50, 200, 1_000_000].map((position) => page(position)),
      );
      expect(await store.listRefusals(keyOf(full), 50, 2)).toStrictEqual([page(50), page(200)]);
      expect(await store.listRefusals(keyOf(full), 51, 1)).toStrictEqual([page(200)]);
      expect(await store.listRefusals(keyOf(full), 1_000_001, 1)).toStrictEqual([]);
    });
  });
}

const expiresAt = Math.ceil(someTime / 1000) * 1000;

function keyOf({ tenant, id }: Operation) {
  return { tenant, operationId: id };
}

function chunk(lease: number, jobIds: readonly string[]) {
  return { number: 0, lease, jobIds, expiresAt };
}

function page(position: number, lease = 1) {
  const problem = { slug: 'already-ended', detail: `at ${position}` } as const;
  return { position, lease, expiresAt, refusals: [{ jobId: jobIdAt(position), problem }] };
}
