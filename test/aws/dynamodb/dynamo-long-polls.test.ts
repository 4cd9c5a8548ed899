import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoLongPolls } from '../../../aws/dynamodb/dynamo-long-polls.ts';
import { describeLongPolls } from '../../contract/suites/long-polls-suite.ts';
import { loseNextResponse } from '../../support/client-faults.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { watchTable } from '../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

describe('dynamoLongPolls', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  const limits = { tenant: 50, total: 1000 };
  const aLease = (id: string) => ({ tenant: 'acme', id, expiresAt: someTime + 30_000 });

  describeLongPolls(async () => dynamoLongPolls(await engine.makeTable()));

  test('uses one write unit to acquire, one to renew and one to release a lease, however full its shard is', async () => {
    const table = await engine.makeTable();
    const longPolls = dynamoLongPolls(table);
    const longest = (index: number) => ({ ...aLease(`call-${index + 100}`), tenant: `tenant-${index}` });
    const whole = { tenant: 1, total: 40 };
    await longPolls.take(longest(0), whole, someTime);
    const { calls } = watchTable(table);
    const leases = [];
    for (let index = 1; index < 40; index += 1)
      leases.push(await longPolls.take(longest(index), whole, someTime));
    expect(leases).not.toContain('full');
    const last = { ...longest(39), shard: 0 };
    await longPolls.renew(last, someTime);
    await longPolls.release(last);
    const oneUnit = { command: 'UpdateItem', tableUnits: 1, indexUnits: {} };
    expect(calls).toEqual(Array.from({ length: 41 }, () => oneUnit));
  });

  test('grants as many leases as the limit of a tenant allows, and reads the other shards where one is full', async () => {
    const table = await engine.makeTable();
    const longPolls = dynamoLongPolls(table);
    const some = { tenant: 50, total: 200 };
    const take = (index: number) => longPolls.take(aLease(`call-${index + 100}`), some, someTime);
    const taken = [];
    for (let index = 0; index < 50; index += 1) taken.push(await take(index));
    expect(taken).not.toContain('full');
    const { calls } = watchTable(table);
    expect(await take(50)).toBe('full');
    const units = calls.reduce((sum, { tableUnits }) => sum + tableUnits, 0);
    expect([units, calls.length]).toEqual([4, 6]);
  });

  test.each([1, 2])('recognizes its own lease, the last of %i, when the response was lost', async (limit) => {
    const table = await engine.makeTable();
    const longPolls = dynamoLongPolls(table);
    const first = await longPolls.take(aLease('first'), { tenant: 2, total: 1000 }, someTime);
    if (limit === 1 && first !== 'full') await longPolls.release(first);
    loseNextResponse(table.client, 'UpdateItem');
    const some = { tenant: limit, total: 1000 };
    expect(await longPolls.take(aLease('second'), some, someTime)).toMatchObject({ id: 'second' });
    expect(await longPolls.take(aLease('third'), some, someTime)).toBe('full');
  });

  test('recognizes its own first lease when the response was lost', async () => {
    const table = await engine.makeTable();
    loseNextResponse(table.client, 'PutItem');
    expect(await dynamoLongPolls(table).take(aLease('first'), limits, someTime)).toMatchObject({
      id: 'first',
    });
  });

  test('releases a lease once although the response was lost', async () => {
    const table = await engine.makeTable();
    const longPolls = dynamoLongPolls(table);
    const one = { tenant: 1, total: 1000 };
    const first = await longPolls.take(aLease('first'), one, someTime);
    loseNextResponse(table.client, 'UpdateItem');
    if (first !== 'full') await longPolls.release(first);
    expect(await longPolls.take(aLease('second'), one, someTime)).toMatchObject({ id: 'second' });
  });
});
