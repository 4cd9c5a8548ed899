import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoDataStore } from '../../../aws/dynamodb/data/dynamo-data-store.ts';
import { dynamoJobLinks } from '../../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoReusableResults } from '../../../aws/dynamodb/dynamo-reusable-results.ts';
import { dynamoJobStore } from '../../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { reuseWorld } from '../../core/jobs/reuse/reuse-world.ts';
import { readDocument, section, tableRows } from '../../docs/markdown.ts';
import { type WatchedCall, watchTable } from '../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.stop());

/** The world of reuses with jobs, links, data objects and results in DynamoDB, and a count of the units that they use. */
async function countingWorld() {
  const table = await engine.makeTable();
  const stores = {
    jobs: dynamoJobStore(table),
    links: dynamoJobLinks(table),
    data: dynamoDataStore(table),
    results: dynamoReusableResults(table),
  };
  const world = await reuseWorld(stores);
  const { calls } = watchTable(table);
  /** The write and the read units of an action. */
  const units = async (action: () => Promise<unknown>): Promise<{ writes: number; reads: number }> => {
    calls.length = 0;
    await action();
    const isWrite = ({ command }: WatchedCall) => /^(?:Put|Update|Delete)/.test(command);
    return {
      writes: totalOf(calls.filter(isWrite)),
      reads: totalOf(calls.filter((call) => !isWrite(call))),
    };
  };
  return { ...world, units };
}

function totalOf(calls: readonly WatchedCall[]): number {
  return calls
    .flatMap(({ tableUnits, indexUnits }) => [tableUnits, ...Object.values(indexUnits)])
    .reduce((sum, units) => sum + units, 0);
}

const echo = { service: 'echo' };

test('the guide states what reuses cost, and other jobs cost nothing more', async () => {
  const world = await countingWorld();
  const { units, submit, reusing, claim, settle, stored, remove } = world;
  // The first job registers the tenant.
  await submit(echo);

  const end = async (job: Awaited<ReturnType<typeof submit>>) => {
    await claim(job);
    return units(() => settle(job, 'result'));
  };
  const plain = await submit(echo);
  const plainEnd = await end(plain);
  const earlier = await submit();
  const earlierEnd = await end(earlier);
  const plainSubmission = await units(() => submit({ parameters: { unit: 'other' } }));
  expect(await units(() => submit(echo))).toEqual(plainSubmission);
  const missed = await units(() => reusing({ parameters: { unit: 'another' } }));
  let reuse: Awaited<ReturnType<typeof submit>> | undefined;
  const reused = await units(async () => {
    reuse = await reusing();
  });
  expect(reuse?.reusedFrom).toBe(earlier.id);

  const plainDeletion = await units(() => remove(plain));
  const reuseDeletion = await units(() => remove(reuse ?? plain));
  expect(reuseDeletion).toEqual(plainDeletion);
  const alone = await submit({ parameters: { unit: 'alone' } });
  await end(alone);
  const deletion = await units(() => remove(alone));
  expect(await stored(alone)).toBeUndefined();

  const differences = (more: typeof missed, less: typeof missed) => ({
    writes: more.writes - less.writes,
    reads: more.reads - less.reads,
  });
  const rows = [
    ['end of an attempt that succeeds, in addition to other jobs', differences(earlierEnd, plainEnd)],
    ['submission that reuses a result', reused],
    [
      'submission with reuse that finds nothing, in addition to other submissions',
      differences(missed, plainSubmission),
    ],
    ['deletion, in addition to other jobs', differences(deletion, plainDeletion)],
  ] as const;
  const documented = tableRows(section(readDocument('docs/guides/cost.md'), 'Reuse of results'));
  expect(documented).toEqual(rows.map(([name, { writes, reads }]) => [name, String(writes), String(reads)]));
});
