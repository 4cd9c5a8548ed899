import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoIdempotencyStore } from '../../../aws/dynamodb/dynamo-idempotency-store.ts';
import { fromItem, toItem } from '../../../aws/dynamodb/idempotency-item.ts';
import { requestFingerprint } from '../../../core/jobs/submission/request-fingerprint.ts';
import type { RememberedRequest } from '../../../core/ports/idempotency-store.ts';
import { describeIdempotencyStore } from '../../contract/suites/idempotency-store-suite.ts';
import { loseNextResponse } from '../../support/client-faults.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { watchTable } from '../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

const key = { tenant: 'local', key: 'k'.repeat(255) };
const request: RememberedRequest = {
  jobId: jobIdAt(someTime),
  fingerprint: requestFingerprint('submitJob', {}),
  expiresAtEpochSeconds: Math.ceil(someTime / 1000) + 3600,
};

describe('dynamoIdempotencyStore', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeIdempotencyStore(async () => dynamoIdempotencyStore(await engine.makeTable()));

  test('uses one write unit and no read, for a new key and for a known one', async () => {
    const table = await engine.makeTable();
    const store = dynamoIdempotencyStore(table);
    const { calls } = watchTable(table);
    await store.remember(key, request, someTime);
    expect(calls).toStrictEqual([{ command: 'PutItem', tableUnits: 1, indexUnits: {} }]);
    const commands: string[] = [];
    table.client.middlewareStack.add(
      (next, context) => (args) => {
        commands.push(String(context['commandName']));
        return next(args);
      },
      { step: 'initialize' },
    );
    await store.remember(key, { ...request, jobId: jobIdAt(someTime, 2n) }, someTime);
    expect(commands).toStrictEqual(['PutItemCommand']);
  });

  test('recognizes its own request when the response was lost and the SDK sent it again', async () => {
    const table = await engine.makeTable();
    loseNextResponse(table.client, 'PutItem');
    expect(await dynamoIdempotencyStore(table).remember(key, request, someTime)).toStrictEqual(request);
  });
});

describe('idempotency items', () => {
  test('return the request, and contain neither its key nor its content', () => {
    const item = toItem(key, request);
    expect(fromItem(item)).toStrictEqual(request);
    expect(Object.keys(item).sort()).toEqual(['fp', 'j', 'pk', 'sk', 'ttl', 'z']);
    expect(item['pk']?.S).toMatch(/^I#local#[\w-]{43}$/);
  });

  test('of another layout are refused', () => {
    const item = toItem(key, request);
    expect(() => fromItem({ ...item, z: { N: '2' } })).toThrow('has layout version 2');
    const { fp: _, ...torn } = item;
    expect(() => fromItem(torn)).toThrow('lacks its fingerprint');
  });
});
