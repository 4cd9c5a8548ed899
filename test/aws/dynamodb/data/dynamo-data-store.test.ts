import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoDataStore } from '../../../../aws/dynamodb/data/dynamo-data-store.ts';
import { describeDataStore } from '../../../contract/suites/data-store-suite.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

describe('dynamoDataStore', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeDataStore(async () => dynamoDataStore(await engine.makeTable()));
});
