import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoKeyStore } from '../../../aws/dynamodb/dynamo-key-store.ts';
import { fromItem, toItem } from '../../../aws/dynamodb/key-item.ts';
import type { ApiKey } from '../../../core/access/model/api-key.ts';
import { scopes } from '../../../core/contract/routes/route.ts';
import { describeKeyStore } from '../../contract/suites/key-store-suite.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

const key: ApiKey = { tenant: 'local', principal: 'someone', scopes, createdAt: 1000 };

describe('dynamoKeyStore', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeKeyStore(async () => dynamoKeyStore(await engine.makeTable()));
});

describe('key items', () => {
  test('return the key, with scopes or without', () => {
    expect(fromItem(toItem('00ff', key))).toStrictEqual(key);
    expect(fromItem(toItem('00ff', { ...key, scopes: [] }))).toStrictEqual({ ...key, scopes: [] });
  });

  test('are refused with an unknown scope or layout', () => {
    const item = toItem('00ff', key);
    expect(() => fromItem({ ...item, sc: { S: 'jobs:read root' } })).toThrow('unknown scope "root"');
    expect(() => fromItem({ ...item, z: { N: '2' } })).toThrow('has layout version 2');
  });
});
