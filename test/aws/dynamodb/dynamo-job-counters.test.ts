import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toItem } from '../../../aws/dynamodb/counter-item.ts';
import { dynamoJobCounters } from '../../../aws/dynamodb/dynamo-job-counters.ts';
import { addEnds, maxRemembered } from '../../../core/jobs/queries/add-ends.ts';
import type { JobEnd } from '../../../core/ports/job-counters.ts';
import { describeJobCounters } from '../../contract/suites/job-counters-suite.ts';
import { loseNextResponse } from '../../support/client-faults.ts';
import { itemSize } from '../../support/jobs/item-size.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { watchTable } from '../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine, testClient } from '../../support/local-service/errand-table.ts';

const key = { tenant: 'local', service: 'echo', day: '2026-11-21' };
const end = (index: number): JobEnd => ({
  jobId: jobIdAt(index),
  status: 'succeeded',
  durationMs: 10,
});

describe('dynamoJobCounters', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeJobCounters(async () => dynamoJobCounters(await engine.makeTable()));

  test('uses one write unit and no read for each count except the first of a process', async () => {
    const table = await engine.makeTable();
    const counters = dynamoJobCounters(table);
    await counters.count(key, [end(0)]);
    const { calls } = watchTable(table);
    for (let index = 1; index <= 200; index += 1) await counters.count(key, [end(index)]);
    const one = { command: 'PutItem', tableUnits: 1, indexUnits: {} };
    expect(calls).toStrictEqual(Array.from({ length: 200 }, () => one));
  });

  test('stays within one write unit, regardless of the number of counts and the length of the names', () => {
    const ends = Array.from({ length: maxRemembered }, (_, index) => end(index));
    const counts = { succeeded: 1e12, failed: 1e12, error: 1e12, aborted: 1e12 };
    const full = { tenant: 't'.repeat(32), service: 's'.repeat(63), day: '2026-11-21', counts };
    const counter = addEnds({ ...full, durationMs: 1e18, recent: [] }, ends);
    if (counter === undefined) throw new Error('nothing was counted');
    expect(itemSize(toItem({ ...counter, version: 1e12 }))).toBeLessThan(1024);
  });

  test('loses no count when several processes count concurrently', async () => {
    const table = await engine.makeTable();
    const processes = [1, 2, 3].map(() =>
      dynamoJobCounters({ client: testClient(engine.endpoint), tableName: table.tableName }),
    );
    for (let round = 0; round < 5; round += 1)
      await Promise.all(processes.map((counters, index) => counters.count(key, [end(round * 3 + index)])));
    const counted = await dynamoJobCounters(table).list({ tenant: 'local', limit: 10 });
    expect(counted).toMatchObject([{ counts: { succeeded: 15 } }]);
  });

  test('counts once when the response to a write was lost, also when another process repeats it', async () => {
    const table = await engine.makeTable();
    const counters = dynamoJobCounters(table);
    loseNextResponse(table.client, 'PutItem');
    await counters.count(key, [end(1)]);
    await dynamoJobCounters(table).count(key, [end(1), end(2)]);
    await counters.count(key, [end(2), end(3)]);
    expect(await counters.list({ tenant: 'local', limit: 10 })).toMatchObject([{ counts: { succeeded: 3 } }]);
  });
});
