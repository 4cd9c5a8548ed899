import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoGroupCounters } from '../../../../aws/dynamodb/groups/dynamo-group-counters.ts';
import { toItem } from '../../../../aws/dynamodb/groups/group-item.ts';
import { groupItemKey } from '../../../../aws/dynamodb/groups/group-keys.ts';
import type { Table } from '../../../../aws/dynamodb/table/table.ts';
import { jobStatuses } from '../../../../core/contract/job-state.ts';
import { addChanges, minRecent, newGroup } from '../../../../core/groups/model/add-changes.ts';
import { aChange, aGroup, describeGroupCounters } from '../../../contract/groups/group-counters-suite.ts';
import { loseNextResponse } from '../../../support/client-faults.ts';
import { itemSize } from '../../../support/jobs/item-size.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine, testClient } from '../../../support/local-service/errand-table.ts';

const pending = (index: number) => aChange(index, undefined, 'pending');

describe('dynamoGroupCounters', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeGroupCounters(async () => dynamoGroupCounters(await engine.makeTable()));

  const anotherProcess = ({ tableName }: Table) =>
    dynamoGroupCounters({ client: testClient(engine.endpoint), tableName });

  test('use one write unit and no read for each count except the first of a process', async () => {
    const table = await engine.makeTable();
    const groups = dynamoGroupCounters(table);
    await groups.count(aGroup, [pending(0)]);
    const { calls } = watchTable(table);
    for (let index = 1; index <= 150; index += 1) await groups.count(aGroup, [pending(index)]);
    const one = { command: 'PutItem', tableUnits: 1, indexUnits: {} };
    expect(calls).toStrictEqual(Array.from({ length: 150 }, () => one));
  });

  test('list the groups with jobs in few queries, although many others have none left', async () => {
    const table = await engine.makeTable();
    const groups = dynamoGroupCounters(table);
    const deletion = aChange(1, 'pending', undefined);
    for (let index = 0; index < 300; index += 1)
      await groups.count({ ...aGroup, group: `empty-${index}` }, [pending(0), deletion]);
    await groups.count({ ...aGroup, group: 'last' }, [pending(0)]);
    const { calls } = watchTable(table);
    const page = await groups.list({ tenant: aGroup.tenant, limit: 1 });
    expect(page.groups.map(({ group }) => group)).toEqual(['last']);
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  test('use 12 write units for each batch of 100 changes of a busy group, at most', async () => {
    const table = await engine.makeTable();
    const groups = dynamoGroupCounters(table);
    const { calls } = watchTable(table);
    for (let batch = 0; batch < 25; batch += 1)
      await groups.count(
        aGroup,
        Array.from({ length: 100 }, (_, index) => pending(batch * 100 + index)),
      );
    const units = calls.flatMap(({ command, tableUnits }) => (command === 'PutItem' ? [tableUnits] : []));
    expect(units).toHaveLength(25);
    expect(Math.max(...units)).toBe(12);
    expect(await groups.get(aGroup)).toMatchObject({ counts: { pending: 2500 } });
  });

  test('stay within one write unit with 100 remembered changes and a name of 100 bytes', () => {
    const changes = Array.from({ length: minRecent }, (_, index) => pending(index));
    const added = changes.reduce(
      (group, change) => addChanges(group, [change]) ?? group,
      newGroup({ tenant: 't'.repeat(32), group: 'n'.repeat(100) }),
    );
    const counts = Object.fromEntries(jobStatuses.slice(-5).map((status) => [status, 1_000_000]));
    const full = { ...added, counts, succeededMs: 1e15, version: 1e9 };
    expect(itemSize(toItem(full))).toBeLessThan(1024);
  });

  test('lose no change when several processes count concurrently, each without a read', async () => {
    const table = await engine.makeTable();
    const processes = [1, 2, 3].map(() => anotherProcess(table));
    for (let round = 0; round < 5; round += 1)
      await Promise.all(
        processes.map((groups, index) => groups.count(aGroup, [pending(round * 3 + index), pending(100)])),
      );
    expect(await dynamoGroupCounters(table).get(aGroup)).toMatchObject({ counts: { pending: 16 } });
  });

  test('continue from the stored group that a failed write returns, without a read', async () => {
    const table = await engine.makeTable();
    const groups = dynamoGroupCounters(table);
    await groups.count(aGroup, [pending(1)]);
    await anotherProcess(table).count(aGroup, [pending(2)]);
    const { calls } = watchTable(table);
    await groups.count(aGroup, [pending(3)]);
    expect(calls.map(({ command }) => command)).not.toContain('GetItem');
    expect(await groups.get(aGroup)).toMatchObject({ counts: { pending: 3 } });
  });

  test('count once when the response to a write was lost, also when another process repeats it', async () => {
    const table = await engine.makeTable();
    const groups = dynamoGroupCounters(table);
    loseNextResponse(table.client, 'PutItem');
    await groups.count(aGroup, [pending(1)]);
    await anotherProcess(table).count(aGroup, [pending(1), pending(2)]);
    await groups.count(aGroup, [pending(2), pending(3)]);
    expect(await groups.get(aGroup)).toMatchObject({ counts: { pending: 3 } });
  });

  test('let a group expire a day after its last job was deleted, unless another job joins it', async () => {
    const table = await engine.makeTable();
    const groups = dynamoGroupCounters(table);
    const ttl = async () => {
      const command = new GetItemCommand({ TableName: table.tableName, Key: groupItemKey(aGroup) });
      return (await table.client.send(command)).Item?.['ttl']?.N;
    };
    await groups.count(aGroup, [aChange(1, undefined, 'draft')]);
    expect(await ttl()).toBeUndefined();
    await groups.count(aGroup, [aChange(1, 'draft')]);
    expect(await ttl()).toBe(String(Math.floor((someTime + 10_001) / 1000) + 86_400));
    await groups.count(aGroup, [pending(2)]);
    expect(await ttl()).toBeUndefined();
  });
});
