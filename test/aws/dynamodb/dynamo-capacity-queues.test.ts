import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoCapacityQueues } from '../../../aws/dynamodb/dynamo-capacity-queues.ts';
import { describeCapacityQueues } from '../../contract/suites/capacity-queues-suite.ts';
import { startTestEngine, type TestEngine } from '../../support/local-service/errand-table.ts';

describe('dynamoCapacityQueues', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.stop());

  describeCapacityQueues(async () => dynamoCapacityQueues(await engine.makeTable()));
});
