import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withWrite } from '../../../core/jobs/model/transition-job.ts';
import type { JobWork, Operation } from '../../../core/operations/model/operation.ts';
import { putChangedJobs } from '../../../core/operations/work/changed-jobs.ts';
import { matchJobs } from '../../../core/operations/work/match-jobs.ts';
import { runOperation } from '../../../core/operations/work/run-operation.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../support/jobs/jobs.ts';
import { dyingProcess, ProcessDied } from '../../support/memory/dying-process.ts';
import { anOperation } from '../../support/operations/an-operation.ts';
import {
  type OperationDeps,
  operationDeps,
  startOperation,
  storedOperation,
  workUntilIdle,
} from '../../support/operations/operation-world.ts';

const tag: JobWork = { action: 'tag', addTags: ['new'], removeTags: [] };

const nameOf = (index: number) => `n${String(index).padStart(6, '0')}`;

/** Drafts with different names and numbers, which were last written at a time. */
async function namedJobs(count: number, updatedAt: number) {
  const deps = operationDeps();
  const ids = Array.from({ length: count }, (_, index) => jobIdAt(someTime - 3_600_000, BigInt(index)));
  for (const [index, id] of ids.entries()) {
    const metadata = { size: index };
    await deps.jobs.insert(aJob({ id, name: nameOf(index), metadata, indexedMetadata: ['size'], updatedAt }));
  }
  return { deps, ids };
}

const byName = { jobs: { filter: { namePrefix: 'n' }, requested: {} } };
const bySize = {
  jobs: { filter: { metadata: [{ kind: 'range', name: 'size', min: 0 }] }, requested: {} },
} as const;

/** The IDs that belong to an operation, in their order. */
async function matchedIds({ operations }: OperationDeps, { tenant, id, chunks }: Operation) {
  const ids: string[] = [];
  for (let number = 0; number < chunks; number += 1)
    ids.push(...((await operations.getChunk({ tenant, operationId: id }, number)) ?? []));
  return ids;
}

/** Gives a job a name and a number that come later in both lists. */
async function moveBack({ jobs, clock }: OperationDeps, jobId: string, step: number): Promise<void> {
  const job = await jobs.get({ tenant: 'local', jobId });
  if (job === undefined) throw new Error(`${jobId} does not exist`);
  const size = Number(job.metadata['size']) + step;
  const change = { name: nameOf(size), metadata: { size } };
  await jobs.replace(withWrite(job, clock.now(), change), job.version);
}

describe('an operation on jobs whose names and numbers change while their list is read', () => {
  const moves = fc.array(
    fc.record({ afterPage: fc.nat(4), index: fc.nat(1499), step: fc.integer({ min: 1, max: 2000 }) }),
    { maxLength: 40 },
  );

  test.each([
    ['names', byName],
    ['numbers', bySize],
  ])(
    'matches each job once, whatever interrupts it, by %s',
    async (_, jobs) => {
      await fc.assert(
        fc.asyncProperty(
          moves,
          fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
          async (all, deaths) => {
            const { deps, ids } = await namedJobs(1500, someTime - 3_600_000);
            const operation = await startOperation(deps, tag, jobs);
            let pages = 0;
            const list: OperationDeps['jobs']['list'] = async (query) => {
              const page = await deps.jobs.list(query);
              for (const { index, step, afterPage } of all)
                if (afterPage === pages) await moveBack(deps, ids[index] ?? '', step);
              pages += 1;
              return page;
            };
            const moving = { ...deps, jobs: { ...deps.jobs, list } };
            const left = [...deaths];
            await workUntilIdle(deps, async (ports, key, input) => {
              const atCall = left.shift() ?? Number.POSITIVE_INFINITY;
              const { deps: mortal } = dyingProcess({ ...ports, ...moving }, ['operations', 'jobs'], {
                atCall,
                effect: atCall % 2 === 0,
              });
              await runOperation(mortal, key, input).catch((error: unknown) => {
                if (!(error instanceof ProcessDied)) throw error;
              });
            });
            const ended = await storedOperation(deps, operation);
            expect(ended).toMatchObject({ status: 'succeeded', matched: 1500, done: 1500 });
            expect((await matchedIds(deps, ended)).toSorted()).toEqual(ids);
          },
        ),
        { numRuns: 25 },
      );
    },
    120_000,
  );

  test('treats the changed jobs last', async () => {
    const { deps, ids } = await namedJobs(600, someTime - 3_600_000);
    await deps.clock.sleep(60_000);
    await moveBack(deps, ids[10] ?? '', 0);
    const operation = await startOperation(deps, tag, byName);
    await workUntilIdle(deps);
    const matched = await matchedIds(deps, await storedOperation(deps, operation));
    expect(matched).toEqual([...ids.slice(0, 10), ...ids.slice(11), ids[10]]);
  });
});

/** Matches the jobs of an operation in one process, and returns the operation and the number of chunks that were read. */
async function matchAll(deps: OperationDeps, operation: Operation) {
  let reads = 0;
  const getChunk: OperationDeps['operations']['getChunk'] = async (...input) => {
    reads += 1;
    return deps.operations.getChunk(...input);
  };
  const counting = { ...deps, operations: { ...deps.operations, getChunk } };
  let current = operation;
  let steps = 0;
  while (current.matching !== undefined) {
    const step = await matchJobs(counting, current);
    if (step.kind !== 'continue') throw new Error(step.kind);
    current = step.operation;
    steps += 1;
  }
  return { matched: current, reads, steps };
}

async function readsOf(count: number, updatedAt: number): Promise<number> {
  const { deps, ids } = await namedJobs(count, updatedAt);
  const { matched, reads } = await matchAll(deps, await startOperation(deps, tag, byName));
  expect(new Set(await matchedIds(deps, matched))).toEqual(new Set(ids));
  return reads;
}

describe('the number of chunks that are read while jobs are matched', () => {
  test('is 0 if no job was written since the request', async () => {
    expect(await readsOf(5000, someTime - 3_600_000)).toBe(0);
  });

  test('grows like the number of jobs if all of them were', async () => {
    expect(await readsOf(5000, someTime)).toBe(10);
    expect(await readsOf(10_000, someTime)).toBe(20);
  });

  test('grows like the number of chunks, in steps of bounded size, for few changed jobs', async () => {
    const deps = operationDeps();
    const ids = Array.from({ length: 3000 }, (_, index) => jobIdAt(someTime, BigInt(index)));
    const [chunks, changed] = [2500, 1200];
    const operation = anOperation({
      selection: { kind: 'filter', filter: { namePrefix: 'n' }, requested: {} },
      chunks,
      matched: chunks,
      matching: { changed, comparison: { from: 0, scanned: 0 } },
    });
    await deps.operations.insert(operation);
    const { tenant, id: operationId, expiresAt } = operation;
    const put = (number: number, jobIds: readonly string[]) =>
      deps.operations.putChunk({ tenant, operationId }, { number, jobIds, lease: 0, expiresAt });
    for (let number = 0; number < chunks; number += 1) await put(number, [ids[number] ?? '']);
    // Half of them belong to the operation already, in all of its chunks, and one is repeated far behind.
    for (let number = 0; number < changed; number += 1)
      await putChangedJobs(deps, operation, {
        number,
        jobIds: [ids[2 * number + 500] ?? '', ids[2900] ?? ''],
      });
    const { matched, reads, steps } = await matchAll(deps, operation);
    const expected = new Set(ids.slice(0, chunks));
    for (let number = 0; number < changed; number += 1) expected.add(ids[2 * number + 500] ?? '');
    expected.add(ids[2900] ?? '');
    const stored = await matchedIds(deps, matched);
    expect(new Set(stored)).toEqual(expected);
    expect(stored).toHaveLength(expected.size);
    expect(matched.matched).toBe(expected.size);
    // Two groups of changed chunks, each in three steps, with all chunks once.
    expect(steps).toBe(6);
    expect(reads).toBeLessThanOrEqual(3 * changed + 2 * (chunks + 2));
  });
});
