import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoHeldCalls } from '../../aws/dynamo-held-calls.ts';
import { describeHeldCalls } from '../contract/held-calls-suite.ts';
import { loseNextAnswer } from '../support/client-faults.ts';
import { startTestEngine, type TestEngine } from '../support/errand-table.ts';
import { someTime } from '../support/jobs.ts';
import { watchTable } from '../support/table-watch.ts';

describe('dynamoHeldCalls', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  const aLease = (id: string) => ({ tenant: 'acme', id, expiresAt: someTime + 30_000 });

  describeHeldCalls(async () => dynamoHeldCalls(await engine.makeTable()));

  it('takes one write unit to hold, one to renew and one to let go, for the fiftieth call as for the second', async () => {
    const table = await engine.makeTable();
    const held = dynamoHeldCalls(table);
    await held.take(aLease('call-000'), 50, someTime);
    const { calls } = watchTable(table);
    for (let count = 1; count < 50; count += 1)
      await held.take(aLease(`call-${String(count).padStart(3, '0')}`), 50, someTime);
    await held.renew(aLease('call-007'));
    await held.release(aLease('call-007'));
    const oneUnit = { command: 'UpdateItem', tableUnits: 1, indexUnits: {} };
    expect(calls).toEqual(Array.from({ length: 51 }, () => oneUnit));
  });

  it.each([1, 2])('knows its own lease, the last of %i, when the answer was lost', async (limit) => {
    const table = await engine.makeTable();
    const held = dynamoHeldCalls(table);
    await held.take(aLease('first'), 2, someTime);
    if (limit === 1) await held.release(aLease('first'));
    loseNextAnswer(table.client, 'UpdateItem');
    expect(await held.take(aLease('second'), limit, someTime)).toBe('taken');
    expect(await held.take(aLease('third'), limit, someTime)).toBe('full');
  });

  it('knows its own first lease when the answer was lost', async () => {
    const table = await engine.makeTable();
    loseNextAnswer(table.client, 'PutItem');
    expect(await dynamoHeldCalls(table).take(aLease('first'), 1, someTime)).toBe('taken');
  });

  it('gives a lease back once though the answer was lost', async () => {
    const table = await engine.makeTable();
    const held = dynamoHeldCalls(table);
    await held.take(aLease('first'), 1, someTime);
    loseNextAnswer(table.client, 'UpdateItem');
    await held.release(aLease('first'));
    expect(await held.take(aLease('second'), 1, someTime)).toBe('taken');
  });
});
