import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { describeJobStore } from '../contract/job-store-suite.ts';
import { startTestEngine, type TestEngine } from '../support/errand-table.ts';

describe('dynamoJobStore', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeJobStore(async () => dynamoJobStore(await engine.makeTable()));
});
