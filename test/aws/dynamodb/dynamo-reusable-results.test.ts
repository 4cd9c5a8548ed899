import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoReusableResults } from '../../../aws/dynamodb/dynamo-reusable-results.ts';
import { fromItem, toItem } from '../../../aws/dynamodb/reusable-result-item.ts';
import { digest } from '../../../core/std/digest.ts';
import { describeReusableResults } from '../../contract/suites/reusable-results-suite.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { watchTable } from '../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

const key = { tenant: 'local', contentDigest: digest('content') };
const result = { jobId: jobIdAt(someTime), outputsDigest: digest('outputs') };
const expiry = Math.ceil(someTime / 1000);

describe('dynamoReusableResults', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeReusableResults(async () => dynamoReusableResults(await engine.makeTable()));

  test('uses one write unit for an offer, and one read unit for a search', async () => {
    const table = await engine.makeTable();
    const store = dynamoReusableResults(table);
    const { calls } = watchTable(table);
    await store.offer(key, result, expiry);
    await store.find(key);
    expect(calls).toStrictEqual([
      { command: 'PutItem', tableUnits: 1, indexUnits: {} },
      { command: 'GetItem', tableUnits: 1, indexUnits: {} },
    ]);
  });
});

describe('reusable result items', () => {
  test('return the result, in a partition of their own, and expire', () => {
    const item = toItem(key, result, expiry);
    expect(fromItem(item)).toStrictEqual(result);
    expect(Object.keys(item).sort()).toEqual(['j', 'od', 'pk', 'sk', 'ttl', 'z']);
    expect(item).toMatchObject({ pk: { S: `Q#local#${key.contentDigest}` }, ttl: { N: String(expiry) } });
  });

  test('of another layout are refused', () => {
    expect(() => fromItem({ ...toItem(key, result, expiry), z: { N: '2' } })).toThrow('has layout version 2');
  });
});
