import { describe, expect, test } from 'vitest';
import { getOperation } from '../../../core/operations/get-operation.ts';
import { listOperations } from '../../../core/operations/list-operations.ts';
import { listRefusals } from '../../../core/operations/list-refusals.ts';
import { previewAction } from '../../../core/operations/preview-action.ts';
import {
  receiptOfOperation,
  representOperation,
  summarizeOperation,
} from '../../../core/operations/represent-operation.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { memoryOperationStore } from '../../support/memory/operations/memory-operation-store.ts';
import { anOperation } from '../../support/operations/an-operation.ts';
import { operationWorld } from '../../support/operations/operation-world.ts';

const baseUrl = 'https://api.test';

describe('getOperation', () => {
  test('returns an operation of the tenant', async () => {
    const operations = memoryOperationStore();
    const operation = anOperation();
    await operations.insert(operation);
    const key = { tenant: 'local', operationId: operation.id };
    expect(await getOperation({ operations }, key)).toStrictEqual(operation);
    const foreign = getOperation({ operations }, { ...key, tenant: 'other' });
    await expect(foreign).rejects.toMatchObject({ slug: 'not-found' });
  });
});

describe('listOperations', () => {
  test('returns pages, the newest first, with cursors of the tenant', async () => {
    const operations = memoryOperationStore();
    const ids = Array.from({ length: 5 }, (_, index) => jobIdAt(someTime + index));
    for (const id of ids) await operations.insert(anOperation({ id }));
    const first = await listOperations({ operations }, { tenant: 'local', limit: 3 });
    const { nextCursor: cursor } = first;
    const second = await listOperations({ operations }, { tenant: 'local', limit: 3, cursor });
    expect([...first.operations, ...second.operations].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(second).not.toHaveProperty('nextCursor');
    for (const wrong of [
      { tenant: 'other', cursor },
      { tenant: 'local', cursor: 'bm8' },
    ])
      await expect(listOperations({ operations }, { ...wrong, limit: 3 })).rejects.toMatchObject({
        slug: 'bad-cursor',
      });
  });
});

describe('listRefusals', () => {
  const key = { tenant: 'local', operationId: jobIdAt(someTime) };
  const problem = { slug: 'already-ended', detail: 'ended' } as const;

  async function withPages(pages: Readonly<Record<number, number>>) {
    const operations = memoryOperationStore();
    await operations.insert(anOperation({ done: 100_000, matched: 100_000 }));
    const jobIds: string[] = [];
    for (const [position, count] of Object.entries(pages)) {
      const refusals = Array.from({ length: count }, (_, index) => {
        const jobId = jobIdAt(Number(position), BigInt(index));
        jobIds.push(jobId);
        return { jobId, problem };
      });
      const page = { position: Number(position), lease: 1, expiresAt: someTime, refusals };
      await operations.putRefusals(key, page);
    }
    return { operations, jobIds };
  }

  test.each([1, 2, 3, 7, 1000])('returns every refusal once in pages of %d', async (limit) => {
    const { operations, jobIds } = await withPages({ 0: 3, 50: 0, 100: 1, 150: 5, 900: 2 });
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listRefusals({ operations }, { key, limit, cursor });
      expect(page.refusals.length).toBeLessThanOrEqual(limit);
      listed.push(...page.refusals.map(({ jobId = '' }) => jobId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(listed).toEqual(jobIds);
  });

  test('reads more stored pages than fit in one read', async () => {
    const pages = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [index * 50, index % 2]));
    const { operations, jobIds } = await withPages(pages);
    const { refusals } = await listRefusals({ operations }, { key, limit: 1000 });
    expect(refusals.map(({ jobId }) => jobId)).toEqual(jobIds);
  });

  test('refuses a cursor of another operation', async () => {
    const { operations } = await withPages({ 0: 3 });
    const { nextCursor: cursor } = await listRefusals({ operations }, { key, limit: 1 });
    const other = { tenant: 'local', operationId: jobIdAt(1) };
    await expect(listRefusals({ operations }, { key: other, limit: 1, cursor })).rejects.toMatchObject({
      slug: 'bad-cursor',
    });
  });
});

describe('the representation of an operation', () => {
  test('has a phase and a completion', () => {
    const shown = (given: Parameters<typeof anOperation>[0]) => {
      const { phase, completion } = summarizeOperation(anOperation(given), baseUrl);
      return [phase, completion];
    };
    expect(shown({ matching: {}, matched: 500 })).toEqual(['matching', 0]);
    expect(shown({ matched: 3000, done: 2990, refused: 9 })).toEqual(['acting', 0.999]);
    expect(shown({ matched: 3, done: 1, refused: 1, failed: 1, status: 'succeeded' })).toEqual(['ended', 1]);
    expect(shown({ status: 'succeeded' })).toEqual(['ended', 1]);
    expect(shown({ status: 'aborted', matched: 4, done: 1 })).toEqual(['ended', 0.25]);
  });

  test('has a link to its abort only while it is running', () => {
    expect(receiptOfOperation(anOperation(), baseUrl).links).toHaveProperty('abort');
    expect(receiptOfOperation(anOperation({ status: 'aborted' }), baseUrl).links).not.toHaveProperty('abort');
  });

  test('shows the changes in the form of a request', () => {
    const changesOf = (work: ReturnType<typeof anOperation>['work']) =>
      representOperation(anOperation({ work }), baseUrl).changes;
    expect(changesOf({ action: 'abort' })).toBeUndefined();
    expect(changesOf({ action: 'abort', reason: 'old' })).toEqual({ reason: 'old' });
    expect(changesOf({ action: 'rerun', changes: {} })).toBeUndefined();
    expect(changesOf({ action: 'delete', withChildren: true, withOutputs: false, withInputs: true })).toEqual(
      { cascade: ['children', 'inputs'] },
    );
  });
});

describe('previewAction', () => {
  test('counts all jobs of a filter, and shows the first ones', async () => {
    const { deps, jobs } = await operationWorld([
      ...Array(1300).fill('failed'),
      ...Array(10).fill('pending'),
    ]);
    const input = { tenant: 'local', jobs: { tag: 'some' } } as const;
    const rerun = await previewAction(deps, { ...input, action: 'rerun' });
    expect(rerun).toMatchObject({ matched: 1310, refused: 10, complete: true });
    expect(rerun.sample.map(({ id }) => id)).toEqual(jobs.slice(0, 50).map(({ id }) => id));
    const refused = async (action: 'abort' | 'delete' | 'tag') =>
      (await previewAction(deps, { ...input, action })).refused;
    expect([await refused('abort'), await refused('delete'), await refused('tag')]).toEqual([1300, 10, 0]);
  });

  test('stops to count when the time is over', async () => {
    const { deps } = await operationWorld(Array(1300).fill('failed'));
    const jobs = {
      ...deps.jobs,
      list: async (query: Parameters<typeof deps.jobs.list>[0]) => {
        await deps.clock.sleep(11_000);
        return deps.jobs.list(query);
      },
    };
    const input = { tenant: 'local', action: 'tag', jobs: { tag: 'some' } } as const;
    expect(await previewAction({ ...deps, jobs }, input)).toMatchObject({ matched: 1000, complete: false });
  });
});
